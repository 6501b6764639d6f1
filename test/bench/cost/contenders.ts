import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { program } from '../../support/emu.ts';
import { compileC } from '../../support/preload.ts';
import type { Load } from './load.ts';
import type { Stage } from './stage.ts';

/** What a contender says of itself at its end. */
export interface OwnAccount {
  readonly connected: number;
  /** PUBLISH packets. */
  readonly sent: number;
}

export interface Contender {
  readonly name: string;
  /** Of no account where all have one worker. */
  readonly moreWorkers?: boolean;
  /** A program and its arguments: it brings up the load and holds it until SIGINT. */
  command(stage: Stage, port: number, load: Load): readonly [string, ...string[]];
  /** Reads what it wrote to stdout. */
  account(stdout: string): OwnAccount;
}

/** From where this is compiled to. */
const SOURCES = '../../../../test/bench/cost';

const profileFile = (qos: 0 | 1) => join(import.meta.dirname, SOURCES, `publish-qos${qos}.yaml`);

/** Longer than any run: what does not publish takes one reading of its sensor. */
const NEVER = '1h';

export const mqttJs: Contender = {
  name: 'MQTT.js',
  command: ({ directory }, port, load) => [
    process.execPath,
    // As the twin, whose firmware knows no newer version.
    '--tls-max-v1.2',
    join(import.meta.dirname, 'mqttjs-fleet.js'),
    directory,
    `${port}`,
    JSON.stringify(load),
  ],
  account: (stdout) => JSON.parse(stdout),
};

/** `program` from `compileLibmosquitto`. */
export function libmosquitto(program: string): Contender {
  return {
    name: 'C: libmosquitto',
    command: ({ directory }, port, { count, rate, script, publish }) => [
      program,
      directory,
      ...[port, count, rate, script ? 1 : 0, publish?.qos ?? 0, publish?.intervalMs ?? 0].map(String),
    ],
    account: (stdout) => JSON.parse(stdout),
  };
}

/** Needs Debian's libmosquitto-dev, gcc and libc6-dev. Returns the program's path. */
export function compileLibmosquitto(stage: Stage): string {
  const program = join(stage.directory, 'libmosquitto-fleet');
  compileC('gcc', join(import.meta.dirname, SOURCES, 'libmosquitto-fleet.c'), program, [
    '-Wl,--no-as-needed',
    '-lmosquitto',
  ]);
  return program;
}

/** The fleet that `emu` needs for a load. */
export function fleetFor(stage: Stage, { count, script, publish }: Load): string {
  return stage.fleet(script ? 'esp32-mqtts' : profileFile(publish?.qos ?? 0), count);
}

/**
 * `emu run` with each of these numbers of workers, in the order given. Unless told, with one and with two, or as the one process
 * that it is where the program knows no `--workers`.
 */
export function emuContenders(workers?: readonly number[]): readonly [Contender, ...Contender[]] {
  const [first, ...others] = workers ?? (knowsWorkers() ? [1, 2] : [undefined]);
  return [emu(first), ...others.map(emu)];
}

function knowsWorkers(): boolean {
  return execFileSync(process.execPath, [program, 'run', '--help'], { encoding: 'utf8' }).includes('--workers');
}

/** On a persistent fleet. */
function emu(workers: number | undefined): Contender {
  return {
    name: (workers ?? 1) === 1 ? 'emu' : `emu, ${workers} workers`,
    moreWorkers: (workers ?? 1) > 1,
    command: (stage, port, load) => [
      process.execPath,
      program,
      'run',
      '--json',
      ...['--fleet', fleetFor(stage, load)],
      ...['--rate', `${load.rate}`],
      ...['--duration', NEVER],
      ...['--interval', load.publish === undefined ? NEVER : `${load.publish.intervalMs}ms`],
      ...['--broker', `mqtts://localhost:${port}`],
      ...['--ca', join(stage.directory, 'server-ca.pem')],
      ...(workers === undefined ? [] : ['--workers', `${workers}`]),
    ],
    account(stdout) {
      const { devices, messages } = JSON.parse(stdout);
      return { connected: devices.connected, sent: messages.sent };
    },
  };
}
