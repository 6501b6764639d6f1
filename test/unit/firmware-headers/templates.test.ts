import { describe, expect, test } from 'vitest';
import { padPublicKey, rebuildDevice, rebuildSigner } from '../../../emulator/host-library/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { createCa, DeviceFactory } from '../../../src/factory/index.ts';
import { templatesOf } from '../../../src/firmware-headers/templates.ts';
import { loadProfile } from '../../../src/profile/index.ts';

const profile = loadProfile('esp32-mqtts');
const templates = templatesOf(profile);

/** Two fleets of the profile that have nothing else in common. */
describe.each([
  ['one', '2021-03-04T05:06:07Z'],
  ['two', '2030-12-31T23:59:59Z'],
])('fleet %s rebuilds from the templates what it rebuilds from its own', (seed, now) => {
  const rng = rootRng(seed);
  const ca = createCa({ rng, now: new Date(now), names: profile.certificates });
  const { definitions } = new DeviceFactory({ rng, ca, profile });
  // R and S that need 33 bytes, or one, in DER.
  const compressed = (kind: 'signer' | 'device', first: number) => {
    const bytes = new Uint8Array(72).fill(first, 0, 64);
    // 2020-06-15 12 h, years 10 or 0; definition 10 or 20, SN source 0 or A.
    bytes.set(kind === 'signer' ? [0xa3, 0x3d, 0x8a, 0, 0, 0x10, 0x00] : [0xa3, 0x3d, 0x80, 0, 0, 0x20, 0xa0], 64);
    return bytes;
  };
  const key = new Uint8Array(64).fill(0x5a);

  test.each([0x00, 0x80, 0x7f])('the signer, R and S of %i', (first) => {
    const record = Uint8Array.from({ length: 72 }, (_, i) => 0x30 + (i % 10));
    const parts = {
      compressed: compressed('signer', first),
      record,
      publicKey72: padPublicKey(key),
      authorityKey72: padPublicKey(ca.root.publicKey),
    };
    const own = rebuildSigner({ definition: definitions.signer, ...parts });
    expect(own.status).toBe(0);
    expect(rebuildSigner({ definition: templates.signer, ...parts })).toEqual(own);
  });

  test.each([0x00, 0x80, 0x7f])('a device, R and S of %i', (first) => {
    const parts = {
      compressed: compressed('device', first),
      publicKey64: key,
      authorityKey72: padPublicKey(ca.signer.publicKey),
      commonName: new TextEncoder().encode('0123a1b2c3d4e5f6ee'),
    };
    const own = rebuildDevice({ definition: definitions.device, ...parts });
    expect(own.status).toBe(0);
    expect(rebuildDevice({ definition: templates.device, ...parts })).toEqual(own);
  });
});
