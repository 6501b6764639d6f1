export { buildFirmware, type FirmwareBuild } from './build.ts';
export { personalise } from './personalise.ts';
export type { FirmwareFailure, FirmwareReport } from './report.ts';
export { type FirmwarePhase, type FirmwareRunOptions, runFirmware } from './run-firmware.ts';
