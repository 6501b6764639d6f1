import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Mosquitto } from '../../support/mosquitto.ts';
import type { Contender, OwnAccount } from './contenders.ts';
import type { Load } from './load.ts';
import { LogTail } from './log-tail.ts';
import { endedChildrenCpuMs, type ProcessUse, processUse } from './process-meter.ts';
import type { Stage } from './stage.ts';

/** A contender at work against a mosquitto of its own, as seen from outside. */
export interface ClientRun {
  readonly broker: Mosquitto;
  /** Starts the client. Resolves when mosquitto has accepted all CONNECTs: ms since the first TCP connection. */
  connectAll(): Promise<number>;
  /** Of the client's process tree until now. */
  use(): ProcessUse;
  /** mosquitto's CPU time until now. */
  brokerCpuMs(): number;
  /** What `work` resolves to, unless the client ends before. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Interrupts the client and waits for its end. */
  end(): Promise<EndedClient>;
}

export interface EndedClient extends OwnAccount {
  /** CPU time of the whole process tree, user and system, from start to end. */
  readonly cpuMs: number;
}

const LIMIT_MS = 180_000;

/** Gives `work` a fresh mosquitto and a client that has not started yet, and ends both after it. */
export async function withClient<T>(
  stage: Stage,
  contender: Contender,
  load: Load,
  work: (run: ClientRun) => Promise<T>,
): Promise<T> {
  const broker = await stage.broker();
  const log = new LogTail(broker.logFile);
  const [program, ...args] = contender.command(stage, broker.port, load);
  const limit = AbortSignal.timeout(LIMIT_MS);
  const cpuBefore = endedChildrenCpuMs();
  let client: StartedClient | undefined;
  const started = () => {
    if (client === undefined) throw new Error('the client has not started');
    return client;
  };
  const use = () => processUse(started().child.pid ?? 0);
  const during = <R>(wait: Promise<R>) => Promise.race([wait, started().tooSoon]);

  try {
    return await work({
      broker,
      async connectAll() {
        // An observer may be there already.
        const before = log.count(CONNECTED);
        client = start(contender.name, program, args, limit);
        await during(log.until(TCP_ACCEPTED, log.count(TCP_ACCEPTED) + 1));
        const first = performance.now();
        await during(log.until(CONNECTED, before + load.count));
        return performance.now() - first;
      },
      use,
      during,
      brokerCpuMs: () => processUse(broker.pid).cpuMs,
      async end() {
        const { child, output, ended } = started();
        const alive = use().cpuMs;
        child.kill('SIGINT');
        await ended;
        const cpuMs = endedChildrenCpuMs() - cpuBefore;
        if (cpuMs < alive - TICKS_MS) throw new Error(`${contender.name}: a process of its tree was not waited for`);
        return { cpuMs, ...contender.account(output.stdout) };
      },
    });
  } finally {
    log.close();
    await client?.kill();
    await broker.stop();
  }
}

const TCP_ACCEPTED = 'New connection from';
const CONNECTED = 'New client connected from';

/** User and system time are counted in ticks of 10 ms, each rounded down. */
const TICKS_MS = 50;

type StartedClient = ReturnType<typeof start>;

function start(name: string, program: string, args: readonly string[], signal: AbortSignal) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = once(child, 'close');
  const tooSoon: Promise<never> = once(child, 'close', { signal }).then(
    () => {
      throw new Error(`${name} ended too soon\n${output.stderr}`);
    },
    (cause) => {
      throw new Error(`${name} took longer than ${LIMIT_MS / 1000} s\n${output.stderr}`, { cause });
    },
  );
  // It rejects at the wanted end too, when nobody waits.
  tooSoon.catch(() => undefined);
  return {
    child,
    output,
    ended,
    tooSoon,
    async kill() {
      process.off('exit', killWithUs);
      killWithUs();
      await ended;
    },
  };
}
