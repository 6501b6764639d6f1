import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createCa } from './certificates.ts';
import { emuRun } from './emu.ts';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from './mosquitto.ts';
import { readMosquittoLog } from './mosquitto-log.ts';

/** A mosquitto that takes the devices of one root, and `emu run` against it. */
export interface MosquittoFleet {
  readonly broker: Mosquitto;
  /** The options with which `emu run` finds it. `root`: whose devices they are; mosquitto does not know the stranger's. */
  route(root: 'fleet' | 'stranger'): string[];
  run(root: 'fleet' | 'stranger', ...args: readonly string[]): ReturnType<typeof emuRun>;
  stop(): Promise<void>;
}

/** `path` is mosquitto's, from `requireProgram`. */
export async function startMosquittoFleet(
  path: string,
  more: Pick<MosquittoOptions, 'settings'> = {},
): Promise<MosquittoFleet> {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-'));
  const file = (name: string) => join(directory, name);
  const [servers, fleet, stranger] = await Promise.all(
    ['servers', 'fleet', 'stranger'].map((commonName) => createCa({ commonName })),
  );
  if (!servers || !fleet || !stranger) throw new Error('three roots were made');
  writeFileSync(file('servers.pem'), servers.certificate);
  for (const [name, root] of Object.entries({ fleet, stranger })) {
    writeFileSync(file(`${name}.pem`), root.certificate);
    writeFileSync(file(`${name}.key`), root.key, { mode: 0o600 });
  }
  const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
  const broker = await startMosquitto({ path, clientCas: fleet.certificate, server, ...more });
  const route: MosquittoFleet['route'] = (root) => [
    ...['--broker', `mqtts://localhost:${broker.port}`, '--ca', file('servers.pem')],
    ...['--ca-cert', file(`${root}.pem`), '--ca-key', file(`${root}.key`)],
  ];
  return {
    broker,
    route,
    run: (root, ...args) => emuRun(...route(root), ...args),
    async stop() {
      await broker.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Expects that mosquitto logged `count` clients, each under its own name, that did what the firmware's script says. */
export function expectFirmwareScript(log: string, count: number, suffix: (clientId: string) => string): void {
  const clients = readMosquittoLog(log);
  expect(clients.size).toBe(count);
  for (const { id, connects, requests } of clients.values()) {
    expect(id).toMatch(/^ESP32_[0-9a-f]{2}[0-9A-F]{4}$/);
    // The certificate's CN is the chip's serial number.
    expect(connects).toEqual([
      { at: expect.any(Number), username: expect.stringMatching(/^0123[0-9a-f]{12}ee$/), keepalive: 120 },
    ]);
    const [qos0, qos1] = [`/topic/qos0${suffix(id)}`, `/topic/qos1${suffix(id)}`];
    // Telemetry, longer than `data`, has its own rhythm and may come in between.
    const scripted = requests.filter((request) => !request.startsWith('PUB') || request.endsWith(' 4'));
    expect(scripted).toEqual([
      `SUB ${qos0} qos0`,
      `SUB ${qos1} qos1`,
      `UNSUB ${qos1}`,
      `PUB ${qos0} qos0 4`,
      `PUB ${qos0} qos0 4`,
    ]);
  }
  const names = new Set([...clients.values()].map(({ connects }) => connects[0]?.username));
  expect(names.size).toBe(count);
}
