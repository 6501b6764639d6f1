import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { brokenBroker, type Fault, tlsFault } from '../support/broken-broker.ts';
import { brokerIdentity, CONNACK_0 } from '../support/broker-identity.ts';
import { emuRun } from '../support/emu-in-process.ts';
import { repetitions } from '../support/size.ts';

const SECONDS = repetitions(4, 600);
const COUNT = 20;
const SEED = 'resets';
/** Comes back at once: the firmware's own pause is 15 s. */
const PROFILE = `format: 1
name: hasty
extends: esp32-mqtts
mqtt: { reconnect: { waitMs: 100, stepMs: 50 } }
`;

const identity = brokerIdentity();

test(`${COUNT} devices whose connections are reset at any moment for ${SECONDS} s`, async () => {
  const rng = rootRng(SEED);
  let resets = 0;
  /** Serves a connection, and resets it within a second: in TCP, in TLS, or after its CONNACK. */
  const fault: Fault = (sawAlert) => {
    const { certificate: cert, key } = identity.server;
    const answer = (socket: Socket) => void socket.once('data', () => socket.write(CONNACK_0));
    const serve = tlsFault({ cert, key, maxVersion: 'TLSv1.2' }, answer)(sawAlert);
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
  const profile = join(identity.directory, 'hasty.yaml');
  writeFileSync(profile, PROFILE);
  const broker = await brokenBroker([fault]);
  const { summary, stderr } = await emuRun(
    ...[...identity.route(broker.port), '--profile', profile, '--count', `${COUNT}`, '--rate', '100'],
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
