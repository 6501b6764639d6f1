import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Identity } from './certificates.ts';
import { freePort } from './free-port.ts';

export interface MosquittoOptions {
  /** From `requireProgram`. */
  readonly path: string;
  /** PEM of the roots whose clients it accepts. */
  readonly clientCas: string;
  readonly server: Identity;
  /** mosquitto's `log_type`s; `all` unless told. `information` says that it runs and must be among them. */
  readonly logTypes?: readonly string[];
  /** More lines of its configuration. */
  readonly settings?: readonly string[];
  /** A shared object for LD_PRELOAD. */
  readonly preload?: string | undefined;
}

/** A mosquitto on a free loopback port that demands client certificates and takes their CN as the user name. */
export interface Mosquitto {
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** All it has logged since the first start; it writes to a file, so that no reader slows it down. */
  log(): string;
  /** Ends it as a power cut would. */
  kill9(): Promise<void>;
  /** Starts it again, on the same port, after ending what still runs. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const RUNNING = /^\d+: mosquitto version \S+ running$/gm;

export async function startMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const directory = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const configuration = join(directory, 'mosquitto.conf');
  writeFileSync(join(directory, 'clients.pem'), options.clientCas);
  writeFileSync(join(directory, 'server.pem'), options.server.certificate);
  writeFileSync(join(directory, 'server.key'), options.server.key, { mode: 0o600 });
  writeFileSync(configuration, configurationText(directory, port, options));

  const logFile = join(directory, 'mosquitto.log');
  const readLog = () => readFileSync(logFile, 'utf8');
  const starts = () => readLog().match(RUNNING)?.length ?? 0;
  let broker: ChildProcess;

  async function start(): Promise<void> {
    const stderr = openSync(logFile, 'a');
    const startsBefore = starts();
    const env = options.preload === undefined ? process.env : { ...process.env, LD_PRELOAD: options.preload };
    broker = spawn(options.path, ['-c', configuration], { stdio: ['ignore', 'ignore', stderr], env });
    closeSync(stderr);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (starts() === startsBefore) {
      if (hasEnded(broker) || performance.now() > deadline) throw new Error(`mosquitto did not start\n${readLog()}`);
      await delay(5);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (hasEnded(broker)) return;
    broker.kill(signal);
    await once(broker, 'exit');
  }

  const killWithUs = () => broker.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async () => {
    process.off('exit', killWithUs);
    await end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    get pid() {
      return broker.pid ?? 0;
    },
    logFile,
    log: readLog,
    kill9: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
    stop,
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function configurationText(
  directory: string,
  port: number,
  { logTypes = ['all'], settings = [] }: MosquittoOptions,
): string {
  return [
    // As root it would become the user `mosquitto`, who may not read the directory.
    'user root',
    `listener ${port} 127.0.0.1`,
    `cafile ${join(directory, 'clients.pem')}`,
    `certfile ${join(directory, 'server.pem')}`,
    `keyfile ${join(directory, 'server.key')}`,
    'require_certificate true',
    'use_identity_as_username true',
    'allow_anonymous true',
    'persistence false',
    'log_dest stderr',
    ...logTypes.map((type) => `log_type ${type}`),
    ...settings,
    '',
  ].join('\n');
}
