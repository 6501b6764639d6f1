export { isDeviceId } from './device-id.ts';
export { Hub, type MethodRequest } from './hub.ts';
export type { PropertyBag } from './property-bag.ts';
export type { Authentication, Device, DeviceRequest, HubRegistry } from './registry.ts';
export { HubService } from './service.ts';
export { type Json, type Twin, withVersion } from './twin.ts';
