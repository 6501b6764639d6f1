import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCa, type Identity } from '../../support/certificates.ts';
import { program } from '../../support/emu.ts';
import { requireProgram } from '../../support/interop.ts';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { compileC } from '../../support/preload.ts';

const DEEP_BACKLOG = join(import.meta.dirname, '../../../../test/bench/cost/deep-backlog.c');

/** What all runs share: it is made before any of them and goes when the process ends. */
export interface Stage {
  /** Holds server-ca.pem, and for each device k of the peers its own `k.pem` and `k.key`. */
  readonly directory: string;
  readonly brokerVersion: string;
  /** Who reads the broker's own counters. */
  readonly observer: Identity;
  readonly serverCa: string;
  /** Makes devices with `emu fleet create`, unless they have been made. Returns their directory. */
  fleet(profile: string, count: number): string;
  /** A fresh mosquitto, which updates its counters every second; with a deep accept queue if there is a compiler. */
  broker(): Promise<Mosquitto>;
}

/** `path` is mosquitto's; `count` how many devices the peers have at most. */
export async function setStage(path: string, count: number): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const servers = await createCa({ commonName: 'servers' });
  const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
  const clients = await createCa({ commonName: 'clients' });
  const files = {
    'server-ca.pem': servers.certificate,
    'clients.pem': clients.certificate,
    'clients.key': clients.key,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text, { mode: 0o600 });
  for (let k = 0; k < count; k++) {
    const { certificate, key } = await clients.issue({ commonName: `device-${k}` });
    writeFileSync(join(directory, `${k}.pem`), certificate);
    writeFileSync(join(directory, `${k}.key`), key, { mode: 0o600 });
  }
  const gcc = requireProgram('gcc', ['--version']);
  const preload = gcc === undefined ? undefined : join(directory, 'deep-backlog.so');
  if (gcc !== undefined && preload !== undefined) compileC(gcc, DEEP_BACKLOG, preload, ['-shared', '-fPIC']);
  const fleets = new Map<string, string>();
  return {
    directory,
    brokerVersion:
      /mosquitto version (\S+)/.exec(spawnSync(path, ['-h'], { encoding: 'utf8' }).stdout)?.[1] ?? 'unknown',
    observer: await clients.issue({ commonName: 'observer' }),
    serverCa: servers.certificate,
    fleet(profile, size) {
      const key = `${profile} ${size}`;
      const fleet = fleets.get(key) ?? join(directory, `fleet-${fleets.size}`);
      if (!fleets.has(key)) {
        const root = ['--ca-cert', join(directory, 'clients.pem'), '--ca-key', join(directory, 'clients.key')];
        const line = [
          'fleet',
          'create',
          '--quiet',
          '--out',
          fleet,
          '--count',
          `${size}`,
          '--profile',
          profile,
          ...root,
        ];
        execFileSync(process.execPath, [program, ...line], { stdio: ['ignore', 'ignore', 'inherit'] });
        fleets.set(key, fleet);
      }
      return fleet;
    },
    broker: () =>
      startMosquitto({
        path,
        clientCas: clients.certificate,
        server,
        logTypes: ['error', 'warning', 'notice', 'information'],
        settings: ['sys_interval 1'],
        preload,
      }),
  };
}
