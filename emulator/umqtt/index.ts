export { UmqttClient, type UmqttEvent } from './client.ts';
export { PacketIds } from './packet-ids.ts';
