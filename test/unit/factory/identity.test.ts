import { describe, expect, it } from 'vitest';
import { rootRng } from '../../../emulator/rng/index.ts';
import { type DeviceIdentity, identities, identityOf, MAX_DEVICES } from '../../../src/factory/index.ts';

/** The firmware prints the MAC tail with %02x%02X%02X. */
function clientId({ macTail }: DeviceIdentity): string {
  const [first = '', second = '', third = ''] = Array.from(macTail, (byte) => byte.toString(16).padStart(2, '0'));
  return `ESP32_${first}${second.toUpperCase()}${third.toUpperCase()}`;
}

describe('device identities', () => {
  it('are all different among 100,000', () => {
    const identity = identities(rootRng('many'));
    const [serials, tails, clients] = [new Set<string>(), new Set<number>(), new Set<string>()];
    for (let index = 0; index < 100_000; index++) {
      const device = identity(index);
      serials.add(Buffer.from(device.serialNumber).toString('hex'));
      tails.add(Buffer.from(device.macTail).readUIntBE(0, 3));
      clients.add(clientId(device));
    }
    expect(serials.size).toBe(100_000);
    expect(tails.size).toBe(100_000);
    expect(clients.size).toBe(100_000);
  });

  it('have serial numbers of generic parts and the common name of that', () => {
    const { commonName, serialNumber, macTail } = identityOf(rootRng('one'), 7);
    expect(serialNumber).toHaveLength(9);
    expect([...serialNumber.subarray(0, 2), serialNumber[8]]).toEqual([0x01, 0x23, 0xee]);
    expect(commonName).toMatch(/^0123[0-9a-f]{12}ee$/);
    expect(commonName).toBe(Buffer.from(serialNumber).toString('hex'));
    expect(macTail).toHaveLength(3);
  });

  it('depend on seed and index alone', () => {
    const rng = rootRng('order');
    const forward = [0, 1, 2, 3].map((index) => identityOf(rng, index));
    rng.bytes(100);
    expect([3, 2, 1, 0].map((index) => identityOf(rng, index)).reverse()).toEqual(forward);
    expect(identityOf(rootRng('other'), 0).commonName).not.toBe(forward[0]?.commonName);
    expect(identityOf(rootRng('other'), 0).macTail).not.toEqual(forward[0]?.macTail);
  });

  it('count MAC tails modulo 2^24', () => {
    const tail = (index: number) => Buffer.from(identityOf(rootRng('wrap'), index).macTail).readUIntBE(0, 3);
    expect(tail(1)).toBe((tail(0) + 1) % MAX_DEVICES);
    expect((tail(MAX_DEVICES - 1) + 1) % MAX_DEVICES).toBe(tail(0));
  });

  it.each([-1, 0.5, MAX_DEVICES, Number.NaN])('end at 2^24: no device %d', (index) => {
    expect(() => identityOf(rootRng('end'), index)).toThrow(
      expect.objectContaining({ code: 'EMU_E_DEVICE_INDEX', value: index }),
    );
  });
});
