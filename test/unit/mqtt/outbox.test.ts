import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../emulator/mqtt/outbox.ts';

// The limits of esp_mqtt (OUTBOX_EXPIRED_TIMEOUT_MS, OUTBOX_MAX_SIZE).
const LIMITS = { expiryMs: 30_000, maxBytes: 4096 };

/** One in which each packet has 100 bytes and its place as id; all but the last were moved in at 0. */
function outboxOf(...packets: readonly ('publish' | 'subscribe' | 'unsubscribe')[]): Outbox {
  const outbox = new Outbox(LIMITS);
  for (const [index, packet] of packets.entries()) outbox.add(packet, index + 1, 100, 0);
  return outbox;
}

describe('an outbox', () => {
  it('knows an acknowledgement by packet and id, once', () => {
    for (const id of [1, 2]) {
      const outbox = outboxOf('publish', 'subscribe');
      const [right, wrong] = id === 1 ? (['publish', 'subscribe'] as const) : (['subscribe', 'publish'] as const);
      expect(outbox.take(wrong, id, 0)).toBe(false);
      expect(outbox.take('unsubscribe', id, 0)).toBe(false);
      expect(outbox.take(right, id + 2, 0)).toBe(false);
      expect(outbox.take(right, id, 0)).toBe(true);
      expect(outbox.take(right, id, 0)).toBe(false);
    }
  });

  it('takes one of two that have the same id', () => {
    const outbox = new Outbox(LIMITS);
    for (let i = 0; i < 2; i++) outbox.add('publish', 7, 100, 0);
    expect([0, 1, 2].map(() => outbox.take('publish', 7, 0))).toEqual([true, true, false]);
  });

  it('forgets after 30 s, and not at 30 s', () => {
    for (const [at, known] of [
      [30_000, true],
      [30_001, false],
    ] as const) {
      const outbox = outboxOf('publish', 'publish');
      expect(outbox.take('publish', 1, at)).toBe(known);
      // What was sent last expires with no time.
      expect(outbox.take('publish', 2, at)).toBe(true);
    }
  });

  it('forgets those that expired and keeps the younger', () => {
    const outbox = new Outbox(LIMITS);
    outbox.add('publish', 1, 100, 0);
    outbox.add('publish', 2, 100, 10_000);
    outbox.add('publish', 3, 100, 20_000);
    outbox.add('publish', 4, 100, 20_000);
    expect(outbox.take('publish', 2, 40_001)).toBe(true);
    expect(outbox.take('publish', 1, 40_001)).toBe(false);
    expect(outbox.take('publish', 3, 40_001)).toBe(true);
  });

  it('keeps 4096 bytes beside the last packet, and drops the oldest alone for one more', () => {
    for (const [bytes, known] of [
      [4096 - 200, true],
      [4096 - 199, false],
    ] as const) {
      const outbox = new Outbox(LIMITS);
      outbox.add('publish', 1, bytes, 0);
      outbox.add('publish', 2, 100, 0);
      outbox.add('publish', 3, 100, 0);
      outbox.add('publish', 4, 5000, 0);
      expect([1, 2, 3, 4].map((id) => outbox.take('publish', id, 0))).toEqual([known, true, true, true]);
    }
  });

  it('counts the bytes that are left', () => {
    const outbox = new Outbox(LIMITS);
    for (let id = 1; id <= 5; id++) outbox.add('publish', id, 2000, 0);
    // Four were moved in; two of them fit.
    expect([1, 2, 3, 4, 5].map((id) => outbox.take('publish', id, 0))).toEqual([false, false, true, true, true]);
  });

  it('may be emptied', () => {
    const outbox = outboxOf('publish', 'publish');
    outbox.clear();
    expect([1, 2].map((id) => outbox.take('publish', id, 0))).toEqual([false, false]);
  });
});
