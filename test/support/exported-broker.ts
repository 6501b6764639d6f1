import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rootRng } from '../../emulator/rng/index.ts';
import { type BrokerName, brokerSetUp, CERTIFICATE_FILES, writeFiles } from '../../src/broker-config/index.ts';
import { certificatePem, createServerCa, serverCertificate } from '../../src/factory/index.ts';
import { freePort } from './free-port.ts';

/** A broker that runs on the files that were exported for it, on a free loopback port. */
export interface ExportedBroker {
  readonly port: number;
  /** What `emu run` needs to reach it: `--broker` and `--ca`. */
  readonly route: readonly string[];
  log(): string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/** `clientCas`: PEM of all whose devices it takes. `environment` is added to its own. */
export async function startExported(
  name: BrokerName,
  clientCas: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ExportedBroker> {
  const parent = mkdtempSync(join(tmpdir(), `exported-${name}-`));
  const directory = join(parent, 'a directory');
  const port = await freePort();
  const rng = rootRng(randomBytes(32));
  const ca = createServerCa({ rng, now: new Date(), organization: 'test' });
  const server = serverCertificate({ ca, hosts: ['localhost'], rng });
  const { files, start } = brokerSetUp(
    name,
    {
      clientCas,
      server: server.certificatePem,
      serverKey: server.keyPem,
      serverCa: certificatePem(ca.root.der),
    },
    { hostName: 'localhost', port, user: userInfo().username, secret: randomBytes(16).toString('hex') },
  );
  // Files for another machine are copied there.
  writeFiles(join(parent, 'written'), files);
  renameSync(join(parent, 'written'), directory);

  const logFile = join(parent, 'log');
  const output = openSync(logFile, 'w');
  // A group of its own: what the broker starts beside itself ends with it.
  const broker = spawn('sh', ['-c', start], {
    cwd: directory,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment },
    detached: true,
  });
  closeSync(output);
  const log = () => readFileSync(logFile, 'utf8');
  const killGroup = () => {
    try {
      process.kill(-(broker.pid as number), 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  process.once('exit', killGroup);
  const stop = async () => {
    process.off('exit', killGroup);
    const ended = hasEnded(broker) ? undefined : once(broker, 'exit');
    killGroup();
    await ended;
    rmSync(parent, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (hasEnded(broker) || performance.now() > deadline) {
      const said = log();
      await stop();
      throw new Error(`${name} did not start\n${said}`);
    }
    await delay(50);
  }
  const trusted = join(directory, CERTIFICATE_FILES.serverCa);
  return { port, route: ['--broker', `mqtts://localhost:${port}`, '--ca', trusted], log, stop };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
