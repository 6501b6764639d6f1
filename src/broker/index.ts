export type { BrokerCredentials } from './messages.ts';
export { type EmbeddedBroker, startBroker } from './start.ts';
