import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HUB } from '../../support/azure-fleet.ts';
import { startEmu, summarised } from '../../support/emu.ts';
import { requireProgram } from '../../support/interop.ts';

const tshark = requireProgram('tshark', ['--version']);
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-azure-smoke-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const COUNT = 4;

/** The devices of azure-dps with little to wait for, from their factory to telemetry, and what Wireshark reads of the wire. */
async function captured() {
  const [profile, file] = [join(directory, 'quick.yaml'), join(directory, 'run.pcapng')];
  writeFileSync(profile, 'extends: azure-dps\ndps: { loopMs: 20, pollMs: 100 }\ntrial: { gapMs: 100, leaveMs: 100 }\n');
  const fleet = ['--profile', profile, '--count', String(COUNT), '--duration', '10m', '--interval', '500ms'];
  const running = startEmu(['run', '--json', '--verbose', ...fleet, '--pcap', file]);
  const sent = () => Number([...running.output.stderr.matchAll(/telemetry: .* sent (\d+)/g)].at(-1)?.[1] ?? 0);
  await vi.waitFor(() => expect(sent()).toBeGreaterThanOrEqual(3 * COUNT), { timeout: 60_000, interval: 100 });
  running.child.kill('SIGINT');
  const { code, summary, stderr } = summarised(await running.ended);
  expect(code, stderr).toBe(105);
  const ports = [...stderr.matchAll(/mqtts:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port);
  const decoded = ports.flatMap((port) => ['-d', `tls.port==${port},mqtt`]);
  const read = (filter: string, ...fields: string[]) => {
    const columns = fields.flatMap((field) => ['-e', field]);
    const args = ['-r', file, ...decoded, '-Y', filter, '-T', 'fields', ...columns];
    const text = execFileSync(tshark ?? '', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n').filter((line) => line !== '');
  };
  return { summary, read };
}

describe.skipIf(tshark === undefined)('Wireshark reads of devices that register', () => {
  test('the CONNECT, the topics and the payloads of the DPS and of the hub', async () => {
    const { summary, read } = await captured();
    expect(summary.provisioning).toMatchObject({ began: COUNT, registered: COUNT });
    expect(read('_ws.malformed', 'frame.number')).toEqual([]);

    // Name, flags, keep-alive: user name and clean session to the DPS, user name alone of the SDK to the hub.
    const connects = read('mqtt.msgtype == 1', 'mqtt.clientid', 'mqtt.username', 'mqtt.conflags', 'mqtt.kalive');
    const ids = [...new Set(connects.map((line) => line.split('\t')[0] ?? ''))];
    expect(ids).toHaveLength(COUNT);
    expect(connects).toHaveLength(3 * COUNT);
    for (const id of ids) {
      expect(id).toMatch(/^0123[0-9a-f]{12}ee$/);
      const version = 'api-version=2018-09-01-preview&ClientVersion=1.2.14';
      const type = 'iothubclient%2f1.2.14%20(native%3b%20freertos%3b%20esp%20platform)';
      const [dps, trial, runtime] = connects.filter((line) => line.startsWith(id)).map((line) => line.split('\t'));
      expect(dps).toEqual([id, `0ne00000000/registrations/${id}/${version}`, '0x82', '0']);
      expect(trial).toEqual([
        id,
        `${HUB}/${id}/?api-version=2017-11-08-preview&DeviceClientType=${type}`,
        '0x80',
        '240',
      ]);
      expect(runtime).toEqual([id, `${HUB}/${id}/?api-version=2018-06-30`, '0x82', '120']);
    }

    // A request has no payload, which Wireshark calls missing.
    const publishes = read('mqtt.msgtype == 3 && mqtt.topic contains "register"', 'mqtt.topic', 'mqtt.msg', 'mqtt.qos');
    expect(publishes).toEqual(Array(COUNT).fill('$dps/registrations/PUT/iotdps-register/?$rid=1\t<MISSING>\t0'));
    // The first message of the trial; a message is hexadecimal text.
    const hex = Buffer.from('{ "message_index" : "0" }').toString('hex');
    const trials = read(
      `mqtt.msgtype == 3 && mqtt.msg == ${hex.replace(/(..)(?=.)/g, '$1:')}`,
      'mqtt.topic',
      'mqtt.qos',
    );
    expect(trials.sort()).toEqual(ids.map((id) => `devices/${id}/messages/events/\t1`).sort());
  });
});
