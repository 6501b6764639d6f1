import { type Device, type Hub, type Twin, withVersion } from '../hub/index.ts';
import type { CloudParts } from './parts.ts';

/** The whole cloud in numbers. */
export function cloudView({ idScope, hubs, registrations, enrollments, dpsCounters }: CloudParts): object {
  return {
    schema: 'emu-cloud-counters/1',
    idScope,
    dps: {
      ...dpsCounters,
      registrations: registrations.list().length,
      enrollmentGroups: enrollments.groups().length,
      enrollments: enrollments.individuals().length,
    },
    hubs: hubs.map(({ name, registry, connected, counters }) => ({
      name,
      devices: registry.size,
      connected,
      ...counters,
    })),
  };
}

export function deviceView(hub: Hub, device: Device): object {
  const { deviceId } = device;
  return {
    hub: hub.name,
    ...device,
    connectionState: hub.isConnected(deviceId) ? 'connected' : 'disconnected',
    ...hub.activity(deviceId),
    c2dPending: hub.messages.of(deviceId).length,
  };
}

export function twinView(deviceId: string, { tags, desired, reported }: Twin): object {
  return { deviceId, tags, properties: { desired: withVersion(desired), reported: withVersion(reported) } };
}
