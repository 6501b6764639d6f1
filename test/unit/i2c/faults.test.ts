import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { ACK, ADDRESS_NACK, FaultyBus, I2cBus } from '../../../emulator/i2c/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';

const [CHIP, OTHER] = [0x60, 0x76];
const SENT = Uint8Array.of(0x00, 0xff, 0x55);
const HELD = Uint8Array.of(0x04, 0x11, 0x33, 0x43);

/** Two targets that take everything and hold HELD, on a bus where faults can be added. */
function bench() {
  const clock = new ManualClock({ start: 500 });
  const taken: { [address: number]: Uint8Array[] } = { [CHIP]: [], [OTHER]: [] };
  let wakes = 0;
  const parts = new I2cBus();
  for (const address of [CHIP, OTHER]) {
    parts.attach(address, {
      write(bytes) {
        taken[address]?.push(bytes.slice());
        return ACK;
      },
      read: (length) => HELD.slice(0, length),
      generalCall: () => {
        wakes++;
      },
      readyAt: () => 510,
    });
  }
  const bus = new FaultyBus(parts, clock, rootRng('faults'));
  /** Whether a transfer is acknowledged, for each in turn. */
  const acknowledges = (count: number, address = CHIP) =>
    Array.from({ length: count }, (_, index) =>
      index % 2 === 0 ? bus.write(address, SENT) === ACK : bus.read(address, 4) !== undefined,
    );
  return { bus, clock, taken, acknowledges, wakes: () => wakes };
}

/** The positions of the bits that differ, from the first byte's bit 0 on. */
function differences(bytes: Uint8Array | undefined, from: Uint8Array): number[] {
  return [...from].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (((bytes?.[index] ?? 0) ^ byte) >> bit) & 1).map((bit) => 8 * index + bit),
  );
}

describe('a bus without faults', () => {
  it('passes everything on', () => {
    const { bus, taken } = bench();
    expect(bus.write(CHIP, SENT)).toBe(ACK);
    expect(taken[CHIP]).toEqual([SENT]);
    expect(bus.read(CHIP, 3)).toEqual(HELD.slice(0, 3));
    expect(bus.write(0x20, SENT)).toEqual(ADDRESS_NACK);
    expect(bus.readyAt(CHIP)).toBe(510);
    expect(bus.inForce()).toEqual([]);
  });
});

describe('nack', () => {
  it('lasts so many transfers, of both directions, and hides them from the chip', () => {
    const { bus, taken, acknowledges } = bench();
    bus.add({ kind: 'nack', address: CHIP, transfers: 3 });
    expect(acknowledges(5)).toEqual([false, false, false, true, true]);
    expect(taken[CHIP]).toHaveLength(1);
  });

  it('lasts so long', async () => {
    const { bus, clock, acknowledges } = bench();
    bus.add({ kind: 'nack', address: CHIP, ms: 20 });
    expect(acknowledges(2)).toEqual([false, false]);
    await clock.advance(19.9);
    expect(acknowledges(2)).toEqual([false, false]);
    await clock.advance(0.1);
    expect(acknowledges(2)).toEqual([true, true]);
  });

  it('lasts until the first of both is over', async () => {
    const { bus, clock, acknowledges } = bench();
    bus.add({ kind: 'nack', address: CHIP, transfers: 2, ms: 20 });
    expect(acknowledges(3)).toEqual([false, false, true]);
    bus.add({ kind: 'nack', address: CHIP, transfers: 2, ms: 20 });
    expect(acknowledges(1)).toEqual([false]);
    await clock.advance(20);
    expect(acknowledges(1)).toEqual([true]);
  });

  it('lasts until it is taken away where nothing else is said', async () => {
    const { bus, clock, acknowledges } = bench();
    bus.add({ kind: 'nack', address: CHIP });
    await clock.advance(1e9);
    bus.powerCycle(CHIP);
    expect(acknowledges(100)).not.toContain(true);
    bus.clear();
    expect(acknowledges(2)).toEqual([true, true]);
  });

  it('is at one address alone, and general calls pass', () => {
    const { bus, acknowledges, wakes } = bench();
    bus.add({ kind: 'nack', address: CHIP, transfers: 1 });
    expect(acknowledges(2, OTHER)).toEqual([true, true]);
    bus.write(0, new Uint8Array(0));
    bus.read(0, 1);
    expect(wakes()).toBe(4);
    expect(acknowledges(2)).toEqual([false, true]);
  });
});

describe('busy', () => {
  it('ends with the power of that chip', async () => {
    const { bus, clock, acknowledges } = bench();
    bus.add({ kind: 'busy', address: CHIP });
    await clock.advance(1e9);
    expect(acknowledges(4)).not.toContain(true);
    expect(bus.readyAt(CHIP)).toBe(Number.POSITIVE_INFINITY);
    expect(bus.readyAt(OTHER)).toBe(510);
    bus.powerCycle(OTHER);
    expect(acknowledges(1)).toEqual([false]);
    bus.powerCycle(CHIP);
    expect(acknowledges(2)).toEqual([true, true]);
    expect(bus.readyAt(CHIP)).toBe(510);
  });

  it('can be taken away', () => {
    const { bus, acknowledges } = bench();
    bus.add({ kind: 'busy', address: CHIP });
    expect(bus.clear(CHIP)).toEqual([{ kind: 'busy', address: CHIP }]);
    expect(acknowledges(2)).toEqual([true, true]);
  });
});

describe('absent', () => {
  it('lasts until it is taken away, whatever becomes of the power', () => {
    const { bus, acknowledges } = bench();
    bus.add({ kind: 'absent', address: OTHER });
    bus.powerCycle(OTHER);
    expect(acknowledges(4, OTHER)).not.toContain(true);
    expect(bus.readyAt(OTHER)).toBe(Number.POSITIVE_INFINITY);
    expect(acknowledges(2)).toEqual([true, true]);
    expect(bus.clear(OTHER)).toEqual([{ kind: 'absent', address: OTHER }]);
    expect(acknowledges(2, OTHER)).toEqual([true, true]);
  });
});

describe('flip', () => {
  it('changes one bit of what is read, once unless it says otherwise', () => {
    const { bus } = bench();
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', bit: 9 });
    expect(bus.read(CHIP, 4)).toEqual(Uint8Array.of(0x04, 0x13, 0x33, 0x43));
    expect(bus.read(CHIP, 4)).toEqual(HELD);
  });

  it('changes one bit of what the chip gets, and not what the caller holds', () => {
    const { bus, taken } = bench();
    const bytes = SENT.slice();
    bus.add({ kind: 'flip', address: CHIP, direction: 'write', bit: 15, transfers: 2 });
    expect(bus.write(CHIP, bytes)).toBe(ACK);
    bus.write(CHIP, bytes);
    bus.write(CHIP, bytes);
    const changed = Uint8Array.of(0x00, 0x7f, 0x55);
    expect(taken[CHIP]).toEqual([changed, changed, SENT]);
    expect(bytes).toEqual(SENT);
  });

  it('waits for a transfer of its own direction and address that has bytes', () => {
    const { bus } = bench();
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', bit: 0 });
    bus.write(CHIP, SENT);
    bus.read(OTHER, 4);
    bus.read(CHIP, 0);
    expect(bus.read(CHIP, 1)).toEqual(Uint8Array.of(0x05));
  });

  it('behind the end of a transfer leaves it whole', () => {
    const { bus } = bench();
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', bit: 32 });
    expect(bus.read(CHIP, 4)).toEqual(HELD);
    expect(bus.inForce()).toEqual([]);
  });

  it('without a bit takes any, in every transfer another', () => {
    const { bus } = bench();
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', transfers: 400 });
    const flipped = Array.from({ length: 400 }, () => differences(bus.read(CHIP, 4), HELD));
    expect(flipped.every((bits) => bits.length === 1)).toBe(true);
    // 32 bits, 400 draws: each is missed with a probability of 3 in a million.
    expect(new Set(flipped.flat()).size).toBe(32);
  });
});

describe('several faults', () => {
  it('are in force together', () => {
    const { bus, acknowledges } = bench();
    bus.add({ kind: 'nack', address: CHIP, transfers: 1 });
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', bit: 0 });
    bus.add({ kind: 'absent', address: OTHER });
    expect(bus.read(CHIP, 1)).toBeUndefined();
    expect(bus.read(CHIP, 1)).toEqual(Uint8Array.of(0x05));
    expect(acknowledges(1, OTHER)).toEqual([false]);
  });

  it('of which two flip make two bits wrong only in two transfers', () => {
    const { bus } = bench();
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', bit: 0 });
    bus.add({ kind: 'flip', address: CHIP, direction: 'read', bit: 1 });
    expect([bus.read(CHIP, 1), bus.read(CHIP, 1)]).toEqual([Uint8Array.of(0x05), Uint8Array.of(0x06)]);
  });

  it('are told with what is left of them', async () => {
    const { bus, clock } = bench();
    bus.add({ kind: 'nack', address: CHIP, transfers: 3, ms: 20 });
    bus.add({ kind: 'flip', address: CHIP, direction: 'write' });
    bus.add({ kind: 'busy', address: OTHER });
    bus.read(CHIP, 1);
    await clock.advance(5);
    expect(bus.inForce()).toEqual([
      { kind: 'nack', address: CHIP, transfers: 2, ms: 15 },
      { kind: 'flip', address: CHIP, direction: 'write', transfers: 1 },
      { kind: 'busy', address: OTHER },
    ]);
    await clock.advance(15);
    expect(bus.inForce().map(({ kind }) => kind)).toEqual(['flip', 'busy']);
  });

  it('are taken away at one address or everywhere', () => {
    const { bus, acknowledges } = bench();
    for (const address of [CHIP, OTHER]) bus.add({ kind: 'nack', address });
    expect(bus.clear(OTHER)).toEqual([{ kind: 'nack', address: OTHER }]);
    expect([acknowledges(1), acknowledges(1, OTHER)]).toEqual([[false], [true]]);
    expect(bus.clear()).toEqual([{ kind: 'nack', address: CHIP }]);
    expect(bus.clear()).toEqual([]);
    expect(acknowledges(1)).toEqual([true]);
  });
});
