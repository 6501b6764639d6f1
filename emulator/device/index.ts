export { BrokerLink, type BrokerRoute, chipFailure } from './broker-link.ts';
export type { BuildDevice, Device, DeviceTap, DeviceUnit, FleetSurroundings, WrittenChip } from './device.ts';
export type { DeviceEvent, DeviceFailure, MessageKind, MissedMessage, NotSentReason, Observe } from './events.ts';
export type { CertificateSettings, ChipSettings, TlsProfile } from './profile.ts';
export * as profileParts from './profile.ts';
export { requireSlotsApart } from './slots.ts';
export type { Dial, Transport, TransportEvents, TransportFailure } from './transport.ts';
