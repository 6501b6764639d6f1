export { MqttClient, type MqttClientOptions } from './client.ts';
export { clientIdFrom } from './client-id.ts';
export { decode, encode, type Packet } from './codec.ts';
export { DISCONNECT_WORDS, type MqttClientSink, type MqttEvent } from './events.ts';
export { MAX_HEADER_LENGTH, type PacketName, packetLength, packetName } from './fixed-header.ts';
export { publishHeader, publishLength } from './publish.ts';
export { type ReconnectPolicy, reconnectGap } from './reconnect.ts';
export { requestSize } from './request-size.ts';
export { type WriteFailure, WriteWait } from './write-wait.ts';
