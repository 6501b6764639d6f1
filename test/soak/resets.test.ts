import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { brokenBroker, type Fault, tlsFault } from '../support/broken-broker.ts';
import { createCa, type Identity } from '../support/certificates.ts';
import { emuRun } from '../support/emu-in-process.ts';
import { repetitions } from '../support/size.ts';

const SECONDS = repetitions(4, 600);
const COUNT = 20;
const SEED = 'resets';
const CONNACK = Buffer.of(0x20, 2, 0, 0);
/** Comes back at once: the firmware's own pause is 15 s. */
const PROFILE = `format: 1
name: hasty
extends: esp32-mqtts
mqtt: { reconnect: { waitMs: 100, stepMs: 50 } }
`;

let directory: string;
let server: Identity;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'emu-resets-'));
  const root = await createCa({ commonName: 'root' });
  server = await root.issue({ commonName: 'broker', addresses: ['127.0.0.1'] });
  writeFileSync(join(directory, 'root.pem'), root.certificate);
  writeFileSync(join(directory, 'hasty.yaml'), PROFILE);
});
afterAll(() => rmSync(directory, { recursive: true }));

test(`${COUNT} devices whose connections are reset at any moment for ${SECONDS} s`, async () => {
  const rng = rootRng(SEED);
  let resets = 0;
  /** Serves a connection, and resets it within a second: in TCP, in TLS, or after its CONNACK. */
  const fault: Fault = (sawAlert) => {
    const identity = { cert: server.certificate, key: server.key, maxVersion: 'TLSv1.2' as const };
    const serve = tlsFault(identity, (socket) => socket.once('data', () => socket.write(CONNACK)))(sawAlert);
    return (socket: Socket) => {
      const timer = setTimeout(
        () => {
          resets++;
          socket.resetAndDestroy();
        },
        rng.fraction() ** 3 * 1000,
      );
      socket.once('close', () => clearTimeout(timer));
      serve(socket);
    };
  };
  const broker = await brokenBroker([fault]);
  const route = ['--broker', `mqtts://127.0.0.1:${broker.port}`, '--ca', join(directory, 'root.pem')];
  const { summary, stderr } = await emuRun(
    ...[...route, '--profile', join(directory, 'hasty.yaml'), '--count', `${COUNT}`, '--rate', '100'],
    ...['--duration', `${SECONDS}s`, '--interval', '100ms', '--seed', SEED],
  );
  broker.close();
  console.log(`${broker.accepted.length} connections, ${resets} resets, ${summary.messages.sent} messages`);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(summary.devices).toMatchObject({ arrived: COUNT, connected: COUNT, failed: 0 });
  expect(summary.messages.sent).toBeGreaterThan(COUNT);
  // Each lost connection was one that the broker reset, and no device lost one by its own fault.
  const lost = summary.disconnections.reduce((sum, { count }) => sum + count, 0);
  expect(lost).toBeGreaterThan(COUNT);
  expect(lost).toBeLessThanOrEqual(resets);
  expect(summary.disconnections.filter(({ side }) => side === 'device' || side === 'generator')).toEqual([]);
});
