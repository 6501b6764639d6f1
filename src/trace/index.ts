export { DeviceTrace, type TraceFile } from './device-trace.ts';
export { Capture } from './pcap/capture.ts';
export { CaptureFile } from './pcap/capture-file.ts';
export { TraceFiles } from './trace-files.ts';
export type { ConnectionTap, Endpoint, WireTap } from './wire-tap.ts';
