import { describe, expect, test } from 'vitest';
import { slotOffset, slotSize } from '../../../emulator/atecc608/index.ts';
import { clientIdFrom } from '../../../emulator/mqtt/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { caDocument, createCa, type ProvisionedDevice } from '../../../src/factory/index.ts';
import type { ShardOrder } from '../../../src/run/messages.ts';
import { devicesOf, openDevices } from '../../../src/run/shard-devices.ts';
import { esp32MqttsProfile } from '../../support/profiles.ts';

const COUNT = 9;
const profile = esp32MqttsProfile();
const ca = createCa({ rng: rootRng('split'), now: new Date('2026-06-18'), names: profile.certificates });

function orderOf(index: number, of: number): ShardOrder {
  return {
    part: { index, of },
    source: { kind: 'new', ca: caDocument(ca), randomness: 'split' },
    plan: { count: COUNT, rate: 10, profile, pace: 'fast', crypto: 'node' },
    watch: { console: undefined, trace: undefined, wire: false, publishes: false },
  };
}

/** The devices of a run in `of` shards, in the order of their numbers. */
async function devicesIn(of: number): Promise<ProvisionedDevice[]> {
  const shards = Array.from({ length: of }, (_, index) =>
    openDevices(orderOf(index, of), new AbortController().signal, () => {}),
  );
  return (await Promise.all(shards)).flatMap(({ devices }) => devices);
}

/** Who a device is. Signatures in its certificates are made anew each time; its keys are not. */
function known({ index, serialNumber, macTail, memory }: ProvisionedDevice) {
  const at = slotOffset(profile.chip.deviceKeySlot);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return {
    index,
    serialNumber: hex(serialNumber),
    clientId: clientIdFrom(macTail, profile.mqtt.clientIdPrefix),
    privateKey: hex(memory.subarray(at, at + slotSize(profile.chip.deviceKeySlot))),
  };
}

describe('the devices of a seeded run', () => {
  test.each([2, 4])('are the same in %i shards as in one', async (of) => {
    const [one, split] = [await devicesIn(1), await devicesIn(of)];
    expect(split.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(split.map(known)).toEqual(one.map(known));
    expect(new Set(one.map((device) => known(device).privateKey)).size).toBe(COUNT);
  });

  test.each([1, 2, 4, 9])('are in one of %i shards each, and shards differ by one device at most', (of) => {
    const ranges = Array.from({ length: of }, (_, index) => devicesOf(orderOf(index, of)));
    expect(ranges.map(({ from }) => from)).toEqual([0, ...ranges.slice(0, -1).map(({ to }) => to)]);
    expect(ranges.at(-1)?.to).toBe(COUNT);
    const sizes = ranges.map(({ from, to }) => to - from);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});
