export { MqttClient, type MqttClientOptions } from './client.ts';
export { clientIdFrom } from './client-id.ts';
export { DISCONNECT_WORDS, type DisconnectReason, type MqttClientSink, type MqttEvent } from './events.ts';
export type { PacketName } from './fixed-header.ts';
export { type ReconnectPolicy, reconnectGap } from './reconnect.ts';
