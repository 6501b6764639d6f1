export { BrokerLink, type BrokerRoute, chipFailure } from './broker-link.ts';
export type { BuildDevice, Device, DeviceTap, DeviceUnit, FleetSurroundings, WrittenChip } from './device.ts';
export {
  type DeviceEvent,
  type DeviceFailure,
  MESSAGE_KINDS,
  type MessageKind,
  type MissedMessage,
  NOT_SENT_REASONS,
  type NotSentReason,
  type Observe,
  PROVISIONING_STEPS,
  type ProvisioningStep,
} from './events.ts';
export type { CertificateSettings, ChipSettings, TlsProfile } from './profile.ts';
export * as profileParts from './profile.ts';
export { rule } from './rule.ts';
export { slotsApart } from './slots.ts';
export type { Dial, Transport, TransportEvents, TransportFailure } from './transport.ts';
