export type { BrokerRoute } from './broker-link.ts';
export { Esp32Mqtts, type Esp32MqttsFirmware, type Esp32MqttsParts } from './esp32-mqtts.ts';
export type { DeviceEvents, DeviceFailure } from './events.ts';
export { type Profile, profileSchema, type ScriptStep } from './profile.ts';
export type { Dial, Transport, TransportEvents, TransportFailure } from './transport.ts';
