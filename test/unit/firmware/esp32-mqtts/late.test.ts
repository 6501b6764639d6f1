import { describe, expect, it } from 'vitest';
import { ManualClock, sleep } from '../../../../emulator/clock/index.ts';
import type { DeviceUnit } from '../../../../emulator/device/index.ts';
import { EmuError } from '../../../../emulator/errors.ts';
import type { Pace } from '../../../../emulator/i2c/index.ts';
import { DurableMemory, durableController } from '../../../../src/store/index.ts';
import { type TwinBench, twinBench } from '../../../support/twin.ts';

const runnable = () => new Promise<void>((resolve) => setImmediate(resolve));
const PACES: readonly Pace[] = ['fast', 'hardware'];

/** What was read from the sensor's data registers, sample by sample. */
function samplesOf({ sensorBus }: TwinBench): string[] {
  return sensorBus.transactions
    .filter(({ kind, bytes }) => kind === 'read' && bytes.length === 8)
    .map(({ bytes }) => Buffer.from(bytes).toString('hex'));
}

describe.each(PACES)('a device in %s pace', (pace) => {
  it.each(['before', 'while'] as const)(
    'does not notice a process that stops for 3 s %s its chip is waited for',
    async (when) => {
      const clock = new ManualClock({ drain: runnable });
      let stops = 0;
      const stopping: DeviceUnit['durable'] = (_chip, controller) => ({
        ...controller,
        settle() {
          stops++;
          if (when === 'before') clock.leap(3000);
          const settling = controller.settle();
          if (when === 'while') clock.leap(3000);
          return settling;
        },
      });
      const { twin, log, broker } = await twinBench({ pace, clock, durable: stopping });
      twin.boot();
      await clock.advance(40_000);
      expect(stops).toBe(1 + 1 + 3); // boot, credentials, and the handshake's three key operations
      expect(log.failures).toEqual([]);
      expect(log.connections).toBe(1);
      expect(broker.connections).toHaveLength(1);
    },
  );

  it('does not notice a commit that takes 2 s, and says nothing before its end', async () => {
    const clock = new ManualClock({ drain: runnable });
    const commits: number[] = [];
    const slow: DeviceUnit['durable'] = (chip, controller) => {
      const commit = () => {
        commits.push(clock.now());
        return sleep(clock, 2000);
      };
      return durableController(controller, new DurableMemory(chip, commit, true));
    };
    const { twin, log, broker } = await twinBench({ pace, clock, durable: slow });
    twin.boot();
    await clock.advance(20_000);
    expect(log.failures).toEqual([]);
    expect(log.connections).toBe(1);
    // The IO protection key of the handshake is all that is written.
    const [began] = commits;
    expect(commits).toHaveLength(1);
    expect(broker.last.records[0]?.at).toBeGreaterThanOrEqual((began ?? Number.NaN) + 2000);
  });

  it('fails its attempt when a commit does', async () => {
    const broken: DeviceUnit['durable'] = (chip, controller) => {
      const error = new EmuError('EMU_E_STORE_WRITE', 'the disk is full');
      return durableController(controller, new DurableMemory(chip, () => Promise.reject(error), true));
    };
    const { twin, log, clock, broker } = await twinBench({ pace, durable: broken });
    twin.boot();
    await clock.advance(10_000);
    expect(log.failures[0]?.message).toContain('the disk is full');
    expect(broker.last.records).toEqual([]);
  });

  it('measures the same whether alarms ring on time or late', async () => {
    class LateClock extends ManualClock {
      #alarms = 0;
      override alarm(delayMs: number, ring: () => void): () => void {
        return super.alarm(Math.max(0, delayMs) + (this.#alarms++ % 7) * 90, ring);
      }
    }
    const measured: string[][] = [];
    for (const clock of [new ManualClock({ drain: runnable }), new LateClock({ drain: runnable, start: 77 })]) {
      const bench = await twinBench({ pace, clock });
      bench.twin.boot();
      await clock.advance(10_000);
      // Much later: a process that was stopped between two samples.
      if (measured.length > 0) clock.leap(60_000);
      await clock.advance(60_000);
      bench.twin.stop();
      measured.push(samplesOf(bench).slice(0, 5));
    }
    expect(measured[0]).toHaveLength(5);
    expect(new Set(measured[0]).size).toBe(5);
    expect(measured[1]).toEqual(measured[0]);
  });
});

describe('an answer that came while the process was stopped', () => {
  it.each([
    ['of TCP', { tcpMs: 11_000 }],
    ['in the handshake', { readMs: 11_000 }],
  ] as const)('is not too late, %s', async (_where, script) => {
    const clock = new ManualClock({ drain: runnable });
    const { twin, log } = await twinBench({ clock, script });
    twin.boot();
    await clock.advance(1);
    clock.leap(12_000);
    await clock.advance(60);
    expect(log.failures).toEqual([]);
    expect(log.lines.length).toBeGreaterThan(0);
  });

  it('would have been too late for a process that ran', async () => {
    const { clock, twin, log } = await twinBench({ script: { tcpMs: 11_000 } });
    twin.boot();
    await clock.advance(12_000);
    expect(log.failures).toMatchObject([{ step: 'tcp', code: 'TIMEOUT', at: 10_000 }]);
  });
});
