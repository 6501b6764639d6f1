import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type BrokenBroker, brokenBroker, tlsFault } from '../support/broken-broker.ts';
import { brokerIdentity, CONNACK_0 } from '../support/broker-identity.ts';
import { startEmu, summarised } from '../support/emu.ts';
import { emuRun } from '../support/emu-in-process.ts';

const COUNT = 4;
const identity = brokerIdentity();

/** A broker that answers CONNECT and reads nothing more. */
function unreadingBroker(): Promise<BrokenBroker> {
  const { certificate: cert, key } = identity.server;
  return brokenBroker([
    tlsFault({ cert, key }, (socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write(CONNACK_0);
      });
    }),
  ]);
}

/** Devices that publish 28 kB every 2 ms, much more than a broker's machine keeps for it. */
function run(port: number, duration: string, mqtt: Readonly<Record<string, number>> = {}): string[] {
  const profile = join(identity.directory, 'profile.yaml');
  const payload = `%f %f %f ${'x'.repeat(28_000)}`;
  const json = { format: 1, name: 'large', extends: 'esp32-mqtts', mqtt: { bufferBytes: 65_536, ...mqtt } };
  writeFileSync(profile, JSON.stringify({ ...json, telemetry: { payload } }));
  return [
    ...[...identity.route(port), '--profile', profile],
    ...['--count', `${COUNT}`, '--interval', '2ms', '--duration', duration],
  ];
}

/** Of a process, in bytes. */
function residentMemory(pid: number | undefined): number {
  const [, kilobytes] = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

test('a broker that stops reading does not fill the memory of the program, which ends all the same', async () => {
  const broker = await unreadingBroker();
  const { child, output, ended } = startEmu(['run', '--json', ...run(broker.port, '14s')]);
  /** The `n`th time that the program says that the devices stand still: the buffers of the system are full. */
  const stalled = (n: number) =>
    vi.waitFor(() => expect(output.stderr.match(/not sent \d/g)).toHaveLength(n), { timeout: 30_000, interval: 20 });
  await stalled(1);
  const before = residentMemory(child.pid);
  await stalled(2);
  const after = residentMemory(child.pid);
  const { summary } = summarised(await ended);
  broker.close();
  expect((after - before) / 2 ** 20).toBeLessThan(32);
  expect(summary.devices).toMatchObject({ connected: COUNT, connected_at_end: COUNT });
  expect(summary.messages.telemetry.sent).toBeGreaterThan(0);
});

test('a broker that stops reading is named as the cause', async () => {
  const broker = await unreadingBroker();
  const { summary } = await emuRun(...run(broker.port, '8s', { keepAliveSeconds: 2, networkTimeoutMs: 500 }));
  broker.close();
  expect(summary.messages.telemetry.not_sent.write_timeout).toBeGreaterThan(0);
  expect(summary.disconnections).toEqual([
    expect.objectContaining({
      ...{ code: 'mqtt.WRITE_TIMEOUT', side: 'broker', cause: 'MQTT: the broker does not read', count: COUNT },
    }),
  ]);
});
