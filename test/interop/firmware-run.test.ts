import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createCa } from '../support/certificates.ts';
import { type Running, startEmu } from '../support/emu-in-process.ts';
import { freePort } from '../support/free-port.ts';
import { requireProgram } from '../support/interop.ts';

const gcc = requireProgram('gcc', ['--version']);

const directory = mkdtempSync(join(tmpdir(), 'emu-firmware-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

const start = (...args: readonly string[]) =>
  startEmu(['firmware', 'run', '--interval', '1s', ...args], { environment: process.env });

async function report(running: Running) {
  const { code, stdout, stderr } = await running.ended;
  return { code, stderr, report: JSON.parse(stdout) };
}

describe.skipIf(gcc === undefined)('emu firmware run', () => {
  test('from nothing to telemetry: two devices against an embedded broker', async () => {
    const running = start('--count', '2', '--duration', '4s', '--json');
    const { code, report: said, stderr } = await report(running);
    expect(code, stderr).toBe(0);
    expect(said).toMatchObject({
      schema: 'emu-firmware-run/1',
      run: { profile: 'esp32-mqtts', broker: null, pace: 'fast', interrupted: false },
      devices: { count: 2, provisioned: 2, registered: null, connected: 2, connected_at_end: 2 },
      connections: 2,
      failures: [],
      reachable: true,
    });
    expect(said.messages.published).toBeGreaterThan(2);
    for (const device of [0, 1])
      expect(stderr).toMatch(new RegExp(`^${device}\\| I \\(\\d+\\) ECC608: MQTT_EVENT_CONNECTED$`, 'm'));
  });

  test('of one console, Ctrl-C, and the summary', async () => {
    const running = start('--count', '2', '--console', '1', '--duration', '1h');
    await vi.waitFor(() => expect(running.output.stdout).toContain('MQTT_EVENT_CONNECTED'), 60_000);
    running.signal('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(105);
    expect(stdout.match(/\[APP\] Startup/g)).toHaveLength(1);
    expect(stdout).toMatch(/\nprovisioned {2}2 of 2\n/);
  });

  test('a device that registers at the embedded cloud', async () => {
    const running = start('--profile', 'azure-dps', '--duration', '20s', '--json', '--console', 'none');
    const { code, report: said, stderr } = await report(running);
    expect(code, stderr).toBe(0);
    expect(said.devices).toEqual({ count: 1, provisioned: 1, registered: 1, connected: 1, connected_at_end: 1 });
    expect(said.messages.published).toBeGreaterThan(0);
  });

  test('a broker that is not there is 107, one that talks no TLS is 1, with the last words of the device', async () => {
    const ca = join(directory, 'ca.pem');
    writeFileSync(ca, (await createCa({ commonName: 'Broker CA' })).certificate);
    const against = (port: number) =>
      report(
        start('--broker', `mqtts://127.0.0.1:${port}`, '--ca', ca, '--duration', '2s', '--json', '--console', 'none'),
      );
    const nobody = await against(await freePort());
    expect([nobody.code, nobody.report.reachable]).toEqual([107, false]);
    expect(nobody.stderr).toContain('no TCP connection was accepted by mqtts://127.0.0.1:');

    const other = createServer((socket) => socket.on('error', () => {}).end('220 ready\r\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const refused = await against((other.address() as { port: number }).port);
    other.close();
    expect([refused.code, refused.report.reachable]).toEqual([1, true]);
    expect(refused.report.failures).toMatchObject([{ device: 0, step: 'running', exit_code: null }]);
    expect(refused.stderr).toContain('0 of 1 device connected at the end');
  });
});
