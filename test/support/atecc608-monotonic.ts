import assert from 'node:assert/strict';
import { counterValue, decodeConfig, slotOffset, slotSize } from '../../emulator/atecc608/index.ts';

const COUNTERS = 52;
const LOCK_VALUE = 86;
const LOCK_CONFIG = 87;
const SLOT_LOCKED = 88;
/** What Lock, UpdateExtra, Counter and LimitedUse change in a locked configuration. */
const MUTABLE = new Set([
  ...Array.from({ length: 16 }, (_, index) => COUNTERS + index),
  84,
  85,
  LOCK_VALUE,
  SLOT_LOCKED,
  SLOT_LOCKED + 1,
]);

/** Lock bits never clear, counters never fall, a locked configuration and locked slots stay; two memories, old and new. */
export function expectMonotonic(before: Uint8Array, after: Uint8Array): void {
  const final = (offset: number) => offset < 16 || (before[LOCK_CONFIG] === 0 && !MUTABLE.has(offset));
  for (let offset = 0; offset < 128; offset++) {
    assert.ok(!final(offset) || before[offset] === after[offset], `byte ${offset} of the configuration has changed`);
  }
  assert.ok(before[LOCK_VALUE] !== 0 || after[LOCK_VALUE] === 0, 'the data lock is open again');
  if (before[LOCK_CONFIG] !== 0) return;
  const [old, now] = [slotLocked(before), slotLocked(after)];
  assert.equal(now & ~old, 0, 'a locked slot is open again');
  for (let slot = 0; slot < 16; slot++) {
    if (old & (1 << slot)) continue;
    const [from, to] = [slotOffset(slot), slotOffset(slot) + slotSize(slot)];
    const same = Buffer.from(before.subarray(from, to)).equals(after.subarray(from, to));
    assert.ok(same, `locked slot ${slot} has changed`);
  }
  if (Buffer.from(before.subarray(COUNTERS, COUNTERS + 16)).equals(after.subarray(COUNTERS, COUNTERS + 16))) return;
  const counters = decodeConfig(after).counters;
  decodeConfig(before).counters.forEach((counter, index) => {
    const counted = counters[index];
    assert.ok(counted && counterValue(counted) >= counterValue(counter), `counter ${index} has fallen`);
  });
}

/** A bit for each slot that is still open. */
function slotLocked(memory: Uint8Array): number {
  return (memory[SLOT_LOCKED] as number) | ((memory[SLOT_LOCKED + 1] as number) << 8);
}
