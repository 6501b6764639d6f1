import { expect, test } from 'vitest';
import { brokenBroker, tlsFault } from '../support/broken-broker.ts';
import { brokerIdentity, CONNACK_0 } from '../support/broker-identity.ts';
import { emuRun } from '../support/emu.ts';

const COUNT = 40;
const RATE = 20;
const DELAY_MS = 1500;
const identity = brokerIdentity();

test('a broker that is slow to answer does not slow the arrivals down, and its slowness is measured', async () => {
  const { certificate: cert, key } = identity.server;
  const prompt = tlsFault({ cert, key }, (socket) => socket.once('data', () => socket.write(CONNACK_0)));
  const broker = await brokenBroker([
    (sawAlert) => {
      const answer = prompt(sawAlert);
      return (socket) => setTimeout(answer, DELAY_MS, socket);
    },
  ]);

  const { code, summary } = await emuRun(
    ...identity.route(broker.port),
    ...['--count', `${COUNT}`, '--rate', `${RATE}`, '--duration', '6s', '--interval', '100ms'],
  );
  broker.close();

  expect(code).toBe(0);
  expect(summary.devices).toMatchObject({ arrived: COUNT, connected: COUNT });
  const [first = 0] = broker.accepted;
  broker.accepted.forEach((at, k) => {
    const late = at - first - (k * 1000) / RATE;
    // A busy machine may be late with one or the other, but the broker's second and a half would add up.
    expect(Math.abs(late)).toBeLessThan(DELAY_MS / 2);
  });
  expect(summary.tcp_ms.p50).toBeLessThan(DELAY_MS / 2);
  expect(summary.tls_ms.p50).toBeGreaterThanOrEqual(DELAY_MS - 10);
  expect(summary.connack_ms.p50).toBeLessThan(DELAY_MS / 2);
  // From the arrival that was planned.
  expect(summary.telemetry_ms.count).toBe(COUNT);
  expect(summary.telemetry_ms.p50).toBeGreaterThanOrEqual(DELAY_MS - 10);
});
