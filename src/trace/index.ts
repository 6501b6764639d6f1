export { DeviceTrace, type DeviceTraceOptions } from './device-trace.ts';
export { Capture } from './pcap/capture.ts';
