export { FirmwareConsole } from './esp32-mqtts/console.ts';
export { Esp32Mqtts, type Esp32MqttsFirmware, type Esp32MqttsParts } from './esp32-mqtts/device.ts';
export type { ScriptStep } from './esp32-mqtts/profile.ts';
export { type Profile, profileSchema } from './profiles.ts';
