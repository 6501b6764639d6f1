import type { Hub } from '../../src/cloud/hub/index.ts';
import type { Issued } from './chains.ts';
import { leaf } from './cloud-device.ts';
import { authority, MemoryCloud } from './memory-cloud.ts';

export const ID = 'device-1';
/** Where the device publishes. */
export const EVENTS = `devices/${ID}/messages/events/`;
/** What the device subscribes. */
export const MESSAGES = `devices/${ID}/messages/devicebound/#`;
export const METHODS = '$iothub/methods/POST/#';
export const TWIN = '$iothub/twin/res/#';
export const DESIRED = '$iothub/twin/PATCH/properties/desired/#';

/** A device whose certificate is of a CA, and clouds whose first hub has it. */
export interface HubDevice {
  readonly root: Issued & { readonly pem: string };
  readonly chain: readonly Issued[];
  readonly withDevice: (plan?: ConstructorParameters<typeof MemoryCloud>[0]) => MemoryCloud & { readonly hub0: Hub };
}

export async function hubDevice(): Promise<HubDevice> {
  const root = await authority('root');
  return {
    root,
    chain: [await leaf(ID, root)],
    withDevice(plan = {}) {
      const cloud = new MemoryCloud({ enrollmentCas: [{ certificatePem: root.pem, verified: true }], ...plan });
      const hub0 = cloud.cloud.parts.hubs[0] as Hub;
      hub0.registry.create({ deviceId: ID, status: 'enabled', authentication: { type: 'certificateAuthority' } });
      return Object.assign(cloud, { hub0 });
    },
  };
}
