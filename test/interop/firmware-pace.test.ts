import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Transaction } from '../../emulator/i2c/index.ts';
import { createBroker } from '../../src/broker/broker.ts';
import { exchangesOf } from '../../src/chip/index.ts';
import { firmwareFleet } from '../support/firmware-fleet.ts';
import { requireProgram } from '../support/interop.ts';
import { tappedServer } from '../support/tapped-server.ts';

const gcc = requireProgram('gcc', ['--version']);

const CHIP = 0x60;
const PATIENCE = { timeout: 60_000, interval: 10 };

/** Steps by the number of commands that they end with (docs/timing.md), and what they take by the sum there, ms. */
const STEPS = [
  ['boot', 8, 177.19],
  ['credentials', 32, 692.24],
  ['ephemeral key', 33, 132.69],
  ['key agreement', 36, 39.08 + 60.27 + 100.47],
  ['signature', 39, 206.72],
] as const;

/** From the beginning of a wake pulse to the end of the greeting's address: 0.11, 10 and 0.10 ms. */
const TO_GREETING_MS = 10.21;

/**
 * On the bus's clock, what a step takes from its first wake pulse to its last idle. The pulse before a board knows that its master
 * keeps the time is shown on the board's own.
 */
function stepsOf(bus: readonly Transaction[]): number[] {
  const began: number[] = [];
  const ended: number[] = [];
  let woken = false;
  for (const { kind, address, bytes, time = 0 } of bus) {
    if (woken) began.push(time - TO_GREETING_MS);
    woken = address === 0;
    if (kind === 'write' && address === CHIP && bytes[0] === 0x02) ended.push(time);
  }
  let first = 0;
  return STEPS.map(([, last]) => {
    const ms = (ended[last - 1] ?? Number.NaN) - (began[first] ?? Number.NaN);
    first = last;
    return ms;
  });
}

describe.skipIf(gcc === undefined)('the firmware in C at hardware pace', () => {
  let fleet: Awaited<ReturnType<typeof firmwareFleet>>;
  beforeAll(async () => {
    fleet = await firmwareFleet('esp32-mqtts', ['localhost']);
  });

  test('takes on the bus what its twin takes, step by step to the CONNECT, and what the data sheets add up to', async () => {
    const broker = await createBroker();
    const server = await tappedServer({ ...fleet, serve: (stream) => void broker.handle(stream) });
    const side = { ...fleet.setUp(server.port), pace: 'hardware' } as const;
    const { twin, firmware } = await fleet.both(side, async () => {
      const before = server.connections.length;
      await vi.waitFor(() => {
        if ((server.connections[before]?.sent.length ?? 0) < 1) throw new Error('no CONNECT yet');
      }, PATIENCE);
    });
    await server.close();
    await new Promise<void>((closed) => broker.close(() => closed()));

    const [mine, its] = [stepsOf(firmware.chip), stepsOf(twin.chip)];
    const table = STEPS.map(([step, , nominal], index) => {
      const [c, ts] = [mine[index] ?? Number.NaN, its[index] ?? Number.NaN];
      return { step, nominal, twin: rounded(ts), firmware: rounded(c), percent: rounded((100 * (c - ts)) / ts) };
    });
    console.table(table);
    expect(exchangesOf(firmware.chip, CHIP)).toHaveLength(39);
    for (const { step, percent, twin: ms, nominal } of table) {
      expect(Math.abs(percent), step).toBeLessThanOrEqual(2);
      expect(Math.abs(ms - nominal), step).toBeLessThanOrEqual(0.01);
    }
  });
});

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
