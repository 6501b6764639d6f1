import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock, TaskClock } from '../../../../emulator/clock/index.ts';
import { Rhythm } from '../../../../emulator/esp32/rhythm.ts';
import { twinBench } from '../../../support/twin.ts';

const gapsOf = (times: readonly number[]) => times.slice(1).map((time, i) => time - (times[i] as number));

describe('an interval that was asked for', () => {
  it('holds whatever the work takes', async () => {
    const { clock, twin, log } = await twinBench({ pace: 'hardware', intervalMs: 100 });
    twin.boot();
    await clock.advance(20_000);
    const gaps = gapsOf(log.telemetry);
    expect(gaps.length).toBeGreaterThan(150);
    for (const gap of gaps) expect(gap).toBeCloseTo(100, 6);
  });

  it('is kept after a stall of less than a period', async () => {
    const { clock, twin, log } = await twinBench({ intervalMs: 1000 });
    twin.boot();
    await clock.advance(2500);
    clock.leap(900);
    await clock.advance(3000);
    // What fell due at 3000 and 3040 is made up for at once.
    expect(log.telemetry).toEqual([40, 1040, 2040, 3400, 4040, 5040, 6040]);
    expect(log.messages.notSent).toEqual({});
  });

  it('leaves out what a longer stall made impossible, and says how many', async () => {
    const { clock, twin, log } = await twinBench({ intervalMs: 1000 });
    twin.boot();
    await clock.advance(1500);
    clock.leap(5300);
    await clock.advance(1500);
    // Due at 2040, 3040, 4040, 5040 and 6040; the loop of 2000 begins at 6800.
    expect(log.telemetry).toEqual([40, 1040, 6840, 7840]);
    expect(log.messages).toEqual({ due: 10, sent: 6, notSent: { generator_late: 4 } });
  });

  it.each([
    // Made up for: 900 ms late and, in what is left of the second, 540 ms.
    [1000, 2500, 900, [0, 0, 0, 360, 0]],
    // Four periods are missed; the message of 6840 takes the place of that of 6040.
    [1000, 1500, 5300, [0, 0, 800, 0]],
  ])(
    'of %i ms says how late a message is after %i ms and a stall of %i ms',
    async (intervalMs, before, stall, late) => {
      const lateMs: number[] = [];
      const { clock, twin } = await twinBench({
        intervalMs,
        observe: (event) => {
          if (event.type === 'messageDue' && event.kind === 'telemetry') lateMs.push(event.lateMs);
        },
      });
      twin.boot();
      await clock.advance(before);
      clock.leap(stall);
      await clock.advance(1500);
      expect(lateMs.map(Math.round)).toEqual(late);
    },
  );

  it('that is shorter than the work leaves out what the device has no time for', async () => {
    const { clock, twin, log } = await twinBench({ pace: 'hardware', intervalMs: 0.5 });
    twin.boot();
    await clock.advance(3000);
    const before = { ...log.messages, notSent: { ...log.messages.notSent } };
    await clock.advance(1000);
    const due = log.messages.due - before.due;
    expect(due).toBeGreaterThanOrEqual(1990);
    expect(due).toBeLessThanOrEqual(2010);
    expect(log.messages.notSent.device_busy).toBeGreaterThan(before.notSent.device_busy ?? 0);
  });

  it('counts what was due when the device is stopped in a stall', async () => {
    const { clock, twin, log } = await twinBench({ intervalMs: 100 });
    twin.boot();
    await clock.advance(1000);
    const { due } = log.messages;
    clock.leap(1050);
    twin.stop();
    // The loop of 1000 ms begins in the last instant; ten more would have.
    expect(log.messages.due - due).toBe(10);
    expect(log.messages.notSent).toEqual({ generator_late: 10 });
  });
});

describe('the rest after work that took', () => {
  // Periods of 100 ms: one is left out when the work is longer than two, because its sample would begin in the next.
  it.each([
    [50, 50, 0],
    [100, 0, 0],
    [199, 0, 0],
    [201, 0, 1],
    [299, 0, 1],
    [350, 0, 2],
  ])('%i ms is %i ms, and %i samples are left out', (workMs, restMs, skipped) => {
    const clock = new TaskClock(new ManualClock());
    const rhythm = new Rhythm(clock, 100, true);
    rhythm.start();
    clock.spend(workMs);
    expect(rhythm.next(0)).toEqual({ restMs, skipped });
  });
});

describe("the firmware's own rhythm", () => {
  it('rests after its work, and loses whole periods alone', async () => {
    const { clock, twin, log } = await twinBench();
    twin.boot();
    await clock.advance(15_000);
    clock.leap(9000);
    await clock.advance(16_000);
    expect(log.messages.notSent).toEqual({});
    clock.leap(35_000);
    await clock.advance(15_000);
    expect(log.messages.notSent.generator_late).toBeGreaterThanOrEqual(2);
    expect(log.messages.notSent.generator_late).toBeLessThanOrEqual(3);
  });
});

describe('a message that is due', () => {
  it('is not sent before the first CONNACK', async () => {
    const { clock, twin, log } = await twinBench({ intervalMs: 1000, script: { tcp: 'refuse' } });
    twin.boot();
    await clock.advance(5500);
    expect(log.messages).toEqual({ due: 6, sent: 0, notSent: { before_first_connack: 6 } });
  });

  it('is lost without a connection', async () => {
    const { clock, twin, log, broker } = await twinBench({ intervalMs: 1000 });
    twin.boot();
    await clock.advance(1500);
    broker.last.hangUp();
    await clock.advance(3000);
    // Two of the script.
    expect(log.messages).toEqual({ due: 7, sent: 4, notSent: { no_connection: 3 } });
  });

  it('is sent, not sent or in progress, whatever happens', async () => {
    const happening = fc.oneof(
      fc.record({ what: fc.constant('passes' as const), ms: fc.integer({ min: 1, max: 4000 }) }),
      fc.record({ what: fc.constant('stalls' as const), ms: fc.integer({ min: 1, max: 8000 }) }),
      fc.record({ what: fc.constant('hangs up' as const), ms: fc.constant(0) }),
    );
    const reached: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('fast' as const, 'hardware' as const),
        fc.constantFrom(undefined, 10, 250, 1000),
        fc.array(happening, { maxLength: 12 }),
        async (pace, intervalMs, happenings) => {
          const { clock, twin, log, broker } = await twinBench({
            pace,
            ...(intervalMs !== undefined && { intervalMs }),
          });
          twin.boot();
          await clock.advance(100);
          for (const { what, ms } of happenings) {
            if (what === 'passes') await clock.advance(ms);
            else if (what === 'stalls') clock.leap(ms);
            else broker.connections.at(-1)?.hangUp();
          }
          twin.stop();
          const { due, sent, notSent } = log.messages;
          const accounted = sent + Object.values(notSent).reduce((sum, count) => sum + count, 0);
          expect(due - accounted).toBeGreaterThanOrEqual(0);
          expect(due - accounted).toBeLessThanOrEqual(1);
          for (const reason of Object.keys(notSent)) reached[reason] = (reached[reason] ?? 0) + 1;
        },
      ),
      { numRuns: 60 },
    );
    expect(Object.keys(reached)).toEqual(expect.arrayContaining(['generator_late', 'no_connection']));
  });
});
