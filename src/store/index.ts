export { type BoardFile, type BoardLayout, findBoards } from './board-file.ts';
export { findCloud } from './cloud-file.ts';
export { type CreatedFleet, type CreateFleetOptions, createFleet } from './create.ts';
export { deviceCertificates } from './device-certificates.ts';
export { type Commit, DurableMemory, durableController } from './durable.ts';
export { exportSegment } from './export-segment.ts';
export { type FleetFile, readFleet, wholeOf } from './fleet-file.ts';
export {
  copyDevices,
  type DeviceView,
  type FleetListing,
  inspectDevice,
  type ListedDevice,
  listFleet,
  type SlotView,
} from './inspect.ts';
export { type FleetKeys, readKeys } from './keys-file.ts';
export { type NewBoards, PersistentBoards } from './persistent-boards.ts';
export { makeCloudDirectory, PersistentCloud } from './persistent-cloud.ts';
export { beginRun, PersistentFleet } from './persistent-fleet.ts';
export { type DeviceRange, rangeOf, type Segment, sizeOf } from './range.ts';
export { type RepairedFleet, repairFleet } from './repair.ts';
export { keptServerCa } from './servers-file.ts';
