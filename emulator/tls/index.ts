export { type AlertName, alertName, alertNumbers } from './alerts.ts';
export { TlsClient, type TlsSink } from './client.ts';
export type { TlsClientOptions, TlsInfo } from './client-handshake.ts';
export { connectTls, TlsDuplex } from './duplex.ts';
export type { TlsFailure } from './failure.ts';
export type { KeyOperations } from './keys.ts';
export type { OfferedExtension, TlsPolicy, Tolerance } from './policy.ts';
export { type HandshakeState, handshakeStates, type Refusal, refusals } from './refusals.ts';
export {
  largestRecord,
  smallestRecord,
  type TlsSettings,
  tlsCipherSuites,
  tlsCurves,
  tlsPolicies,
  tlsPolicy,
} from './settings.ts';
export { TrustStore } from './trust-store.ts';
