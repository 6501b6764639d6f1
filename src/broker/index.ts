export type { BrokerCredentials } from './messages.ts';
export { PacketFramer } from './packet-framer.ts';
export { PacketRecords } from './packet-records.ts';
export { type EmbeddedBroker, startBroker } from './start.ts';
