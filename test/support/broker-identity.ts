import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Ca, createCa, type Identity } from './certificates.ts';

/** CONNACK 0 [MQTT-3.2]. */
export const CONNACK_0 = Buffer.of(0x20, 2, 0, 0);

/** Who a broker at 127.0.0.1 is, for all tests of a file. */
export interface BrokerIdentity {
  readonly root: Ca;
  readonly server: Identity;
  /** For files of the tests. */
  readonly directory: string;
  /** The options of `emu run` for it. */
  route(port: number, host?: string): string[];
}

/** Is there when the first test begins, and leaves no file behind. */
export function brokerIdentity(): BrokerIdentity {
  const directory = mkdtempSync(join(tmpdir(), 'emu-broker-'));
  const ca = join(directory, 'root.pem');
  const made = {} as { root: Ca; server: Identity };
  beforeAll(async () => {
    made.root = await createCa({ commonName: 'root' });
    made.server = await made.root.issue({ commonName: 'broker', addresses: ['127.0.0.1'] });
    writeFileSync(ca, made.root.certificate);
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  return {
    directory,
    get root() {
      return made.root;
    },
    get server() {
      return made.server;
    },
    route: (port, host = '127.0.0.1') => ['--broker', `mqtts://${host}:${port}`, '--ca', ca],
  };
}
