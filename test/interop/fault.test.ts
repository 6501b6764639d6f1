import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, type TestContext, test, vi } from 'vitest';
import { faultOf, type RunReport } from '../../src/report/index.ts';
import { type Running, startEmu, summarised } from '../support/emu.ts';
import { requireProgram } from '../support/interop.ts';
import { type MosquittoFleet, startMosquittoFleet } from '../support/mosquitto-fleet.ts';

const path = requireProgram('mosquitto', ['-h']);
const COUNT = 60;
/** The firmware comes back 15 s after it lost its connection. */
const AWAY_MS = 15_000;
const ARRIVED = `all ${COUNT} devices have arrived`;

/** Tests that run beside others have what they leave behind ended by their own context. */
type Context = Pick<TestContext, 'onTestFinished'>;

async function newBroker({ onTestFinished }: Context): Promise<MosquittoFleet> {
  const fleet = await startMosquittoFleet(path ?? '');
  onTestFinished(() => fleet.stop());
  return fleet;
}

function start({ onTestFinished }: Context, route: readonly string[], seconds: number): Running {
  const load = ['--count', `${COUNT}`, '--rate', '30', '--interval', '500ms', '--workers', '1'];
  const run = startEmu(['run', '--json', ...route, ...load, '--duration', `${seconds}s`]);
  onTestFinished(() => void run.child.kill('SIGKILL'));
  return run;
}

async function connected(run: Running): Promise<void> {
  await vi.waitFor(() => expect(run.output.stderr).toContain(ARRIVED), { timeout: 30_000, interval: 50 });
  await delay(2000);
}

/**
 * The broker's, as the generator was fine. Where a busy machine has made it late, it may say that it cannot tell: what is true
 * of a generator that is late is held on the manual clock.
 */
function expectTheBrokers({ fault, summary }: { fault: string; summary: RunReport }): void {
  expect(summary.generator.verdict === 'fine' ? ['broker'] : ['broker', 'unknown']).toContain(fault);
}

async function endOf(run: Running) {
  const ended = summarised(await run.ended);
  return { ...ended, fault: faultOf(ended.summary).side };
}

describe.skipIf(path === undefined)('whose fault it was', () => {
  test.concurrent('a broker that is killed and comes back after 6 s', async (context) => {
    const { broker, route } = await newBroker(context);
    const run = start(context, route('fleet'), 30);
    await connected(run);
    await broker.kill9();
    await delay(6000);
    await broker.restart();
    const ended = await endOf(run);
    const { devices, outages, messages } = ended.summary;
    expect(ended.code).toBe(0);
    expectTheBrokers(ended);
    expect(devices).toMatchObject({ connected: COUNT, failed: 0, connected_at_end: COUNT });
    expect(outages).toMatchObject({
      devices: COUNT,
      connections_lost: COUNT,
      still_away: 0,
      away_ms: { count: COUNT },
    });
    expect(outages.away_ms.p50).toBeGreaterThanOrEqual(AWAY_MS);
    expect(outages.away_ms.p50).toBeLessThan(AWAY_MS + 5000);
    // Two a second, for 15 s.
    expect(messages.telemetry.not_sent.no_connection).toBeGreaterThan(COUNT * 25);
  });

  test.concurrent('a broker that is killed and never comes back', async (context) => {
    const { broker, route } = await newBroker(context);
    const run = start(context, route('fleet'), 30);
    await connected(run);
    await broker.kill9();
    const { code, stderr, fault, summary } = await endOf(run);
    expect(code).toBe(1);
    expectTheBrokers({ fault, summary });
    expect(summary.devices).toMatchObject({ connected: COUNT, failed: 0, connected_at_end: 0 });
    expect(summary.outages).toMatchObject({ still_away: COUNT, away_ms: { count: 0 } });
    expect(summary.outages.failed_reconnects).toMatchObject([{ code: 'tcp.ECONNREFUSED', side: 'broker' }]);
    expect(stderr).toMatch(/\nemu: 60 of 60 devices were not connected at the end\n$/);
  });

  test.concurrent('a broker that is stopped', async (context) => {
    const { broker, route } = await newBroker(context);
    process.kill(broker.pid, 'SIGSTOP');
    const run = start(context, route('fleet'), 14);
    const { code, fault, summary } = await endOf(run).finally(() => process.kill(broker.pid, 'SIGCONT'));
    expect(code).toBe(1);
    expectTheBrokers({ fault, summary });
    expect(summary.devices).toMatchObject({ arrived: COUNT, connected: 0, failed: COUNT });
    expect(summary.messages.telemetry.not_sent.before_first_connack).toBeGreaterThan(COUNT * 20);
  });

  test.concurrent('a listener that says nothing', async (context) => {
    const silent = createServer().listen(0, '127.0.0.1');
    context.onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const run = start(context, ['--broker', `mqtts://127.0.0.1:${(silent.address() as AddressInfo).port}`], 14);
    const { code, fault, summary } = await endOf(run);
    expect(code).toBe(1);
    expectTheBrokers({ fault, summary });
    expect(summary.causes[0]).toMatchObject({ side: 'broker', code: expect.stringMatching(/^tls\./) });
  });

  test('a generator that is stopped for 3 s', async (context) => {
    const { route } = await newBroker(context);
    const run = start(context, route('fleet'), 14);
    await connected(run);
    run.child.kill('SIGSTOP');
    await delay(3000);
    run.child.kill('SIGCONT');
    const { code, fault, summary } = await endOf(run);
    expect({ code, fault }).toEqual({ code: 0, fault: 'none' });
    const { verdict, gaps, periods, saturated_seconds } = summary.generator;
    expect(verdict).toBe('saturated');
    const [gap] = gaps.toSorted((a, b) => b.ms - a.ms);
    expect(gap?.ms).toBeGreaterThan(2500);
    const middle = (gap?.at_s ?? 0) - (gap?.ms ?? 0) / 2000;
    expect(periods.some(({ from_s, to_s }) => from_s <= middle && middle <= to_s)).toBe(true);
    expect(saturated_seconds).toBeGreaterThanOrEqual(3);
    // Five periods went by, and one of them at most is made up for.
    expect(summary.messages.telemetry.not_sent.generator_late).toBeGreaterThanOrEqual(COUNT * 4);
    expect(summary.echo_ms.while_late).toBeGreaterThan(0);
  });

  test('more devices at once than the generator can serve', async (context) => {
    const { route } = await newBroker(context);
    const line = ['--count', '900', '--rate', '9000', '--duration', '20s', '--workers', '1'];
    const run = startEmu(['run', '--json', ...route('fleet'), ...line]);
    context.onTestFinished(() => void run.child.kill('SIGKILL'));
    const { fault, summary } = await endOf(run);
    expect(summary.generator.verdict).toBe('saturated');
    expect(summary.generator.periods[0]?.from_s).toBe(0);
    expect(fault).not.toBe('broker');
    expect(fault).not.toBe('device');
    expect(summary.devices).toMatchObject({ arrived: 900, connected: 900 });
    expect(summary.run.duration_ms).toBeLessThan(21_000);
  });
});
