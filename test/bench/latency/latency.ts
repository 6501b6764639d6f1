/**
 * `node latency.js [--count N] [--out FILE]`
 *
 * Latencies as `emu run` tells them, beside those of a proxy between it and mosquitto that stamps what passes, at 10, 50 and 90 %
 * of the connections a second that generator, proxy and broker manage together on this machine.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { program } from '../../support/emu.ts';
import { requireProgram } from '../../support/interop.ts';
import { type Stage, setStage } from '../cost/stage.ts';
import { writeResult } from '../result.ts';
import type { Seen } from './proxy.ts';

const SHARES = [0.1, 0.5, 0.9];
/** From the last arrival to the end of a run. */
const AFTER_LAST_S = 3;

const { values } = parseArgs({ options: { count: { type: 'string', default: '1500' }, out: { type: 'string' } } });
const count = Number(values.count);
const mosquitto = requireProgram('mosquitto', ['-h']);
if (mosquitto === undefined) process.exit(2);
const stage = await setStage(mosquitto, 0);
const saturated = await measure(stage, count, 10_000);
const capacity = (1000 * saturated.seen.connack.length) / saturated.seen.lastedMs;
console.log(`capacity: ${capacity.toFixed(0)} connections a second\n`);
console.log('| share | rate | figure | emu p50 | proxy p50 | emu p99 | proxy p99 | generator |');
console.log('| --- | ---: | --- | ---: | ---: | ---: | ---: | --- |');

const runs = [];
for (const share of SHARES) {
  const rate = Math.max(1, Math.round(capacity * share));
  const { seen, summary } = await measure(stage, Math.min(count, rate * 20), rate);
  const figures = {
    tls: { emu: summary.tls_ms, proxy: percentiles(seen.tls) },
    connack: { emu: summary.connack_ms, proxy: percentiles(seen.connack) },
  };
  const { verdict, saturated_seconds } = summary.generator;
  runs.push({ share, rate, connected: summary.devices.connected, verdict, saturated_seconds, ...figures });
  for (const [name, { emu, proxy }] of Object.entries(figures)) {
    const cells = [emu.p50, proxy.p50, emu.p99, proxy.p99].map((ms) => (ms ?? Number.NaN).toFixed(2));
    console.log(`| ${share * 100} % | ${rate} | ${name} | ${cells.join(' | ')} | ${verdict} |`);
  }
}
writeResult(values.out, { brokerVersion: stage.brokerVersion, capacity: Math.round(capacity), runs });

/** One run through a proxy of its own. */
async function measure({ directory, broker }: Stage, devices: number, rate: number) {
  const running = await broker();
  const proxy = fork(join(import.meta.dirname, 'proxy.js'), [`${running.port}`], { serialization: 'advanced' });
  try {
    const [port] = (await once(proxy, 'message')) as [number];
    const file = (name: string) => join(directory, name);
    const seconds = Math.ceil(devices / Math.min(rate, 200)) + AFTER_LAST_S;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...[program, 'run', '--json', '--quiet', '--workers', '1', '--count', `${devices}`, '--rate', `${rate}`],
        ...['--duration', `${seconds}s`, '--broker', `mqtts://localhost:${port}`, '--ca', file('server-ca.pem')],
        ...['--ca-cert', file('clients.pem'), '--ca-key', file('clients.key')],
      ],
      { maxBuffer: 1 << 26 },
    );
    return { seen: await report(proxy), summary: JSON.parse(stdout) };
  } finally {
    proxy.kill('SIGKILL');
    await running.stop();
  }
}

async function report(proxy: ChildProcess): Promise<Seen> {
  const told = once(proxy, 'message');
  proxy.send('report');
  const [seen] = (await told) as [Seen];
  return seen;
}

function percentiles(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) };
}
