export type { BrokerCredentials } from './messages.ts';
export { type Cloud, startCloud } from './start.ts';
