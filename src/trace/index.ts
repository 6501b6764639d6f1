export { DeviceTrace, type DeviceTraceOptions } from './device-trace.ts';
