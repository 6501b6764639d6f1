import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ca, Identity } from '../support/certificates.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { Contender } from './contenders.ts';
import { LogTail } from './log-tail.ts';
import { processUse } from './process-meter.ts';

export interface Bench {
  /** mosquitto's path. */
  readonly mosquitto: string;
  readonly directory: string;
  readonly server: Identity;
  readonly fleet: Ca;
  /** Arrivals per second. */
  readonly rate: number;
}

/** One run of one contender, as seen from outside. */
export interface Measurement {
  readonly contender: string;
  readonly count: number;
  /** From the first TCP connection to the last CONNECT accepted, by mosquitto's log. */
  readonly connectMs: number;
  /** The client's CPU time in that span. */
  readonly connectCpuMs: number;
  /** The client's CPU time from its start to the end of that span. */
  readonly totalCpuMs: number;
  /** The client's resident set when all have been connected for a second. */
  readonly rssBytes: number;
  /** What the contender said of itself, if it did. */
  readonly own?: unknown;
}

const LIMIT_MS = 120_000;
const SETTLE_MS = 1000;

/** Runs a contender against a fresh mosquitto until all of `count` are connected, measures it and ends it. */
export async function measure(contender: Contender, count: number, bench: Bench): Promise<Measurement> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const broker = await startMosquitto({
    path: bench.mosquitto,
    clientAuthorities: bench.fleet.certificate,
    server: bench.server,
    logTypes: ['error', 'warning', 'notice', 'information'],
  });
  const log = new LogTail(broker.logFile);
  let client: ChildProcess | undefined;
  try {
    const { directory, rate } = bench;
    const command = contender.command({ directory, port: broker.port, count, rate });
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    client = child;
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => {
      output.stdout += text;
    });
    child.stderr.on('data', (text) => {
      output.stderr += text;
    });
    const ended = once(child, 'close', { signal: limit });
    const tooSoon = ended.then(() => {
      throw new Error(`${contender.name} ended too soon\n${output.stderr}`);
    });
    await Promise.race([log.until('New connection from', 1), tooSoon]);
    const first = { at: performance.now(), use: processUse(child.pid ?? 0) };
    await Promise.race([log.until('New client connected from', count), tooSoon]);
    const at = performance.now();
    const pid = child.pid ?? 0;
    const use = processUse(pid);
    await Promise.race([delay(SETTLE_MS), tooSoon]);
    const { rssBytes } = processUse(pid);
    child.kill('SIGINT');
    await ended;
    return {
      contender: contender.name,
      count,
      connectMs: at - first.at,
      connectCpuMs: use.cpuMs - first.use.cpuMs,
      totalCpuMs: use.cpuMs,
      rssBytes,
      ...(output.stdout === '' ? {} : { own: JSON.parse(output.stdout) }),
    };
  } finally {
    log.close();
    client?.kill('SIGKILL');
    await broker.stop();
  }
}
