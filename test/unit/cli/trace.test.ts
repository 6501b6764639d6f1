import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emu } from '../../support/emu-in-process.ts';

let out: string;
let i2c: string[];
let mqtt: string[];

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'emu-trace-'));
  const line = ['run', '--count', '2', '--rate', '10', '--duration', '1500ms', '--interval', '200ms'];
  const { code, stdout } = await emu(...line, '--trace', '1', '--console', '1', '--out', out);
  expect(code, stdout).toBe(0);
  // Console and trace of one device go together.
  expect(stdout).toContain('MQTT_EVENT_CONNECTED');
  const lines = (kind: string) =>
    readFileSync(join(out, `device-1.${kind}.txt`), 'utf8')
      .trimEnd()
      .split('\n');
  [i2c, mqtt] = [lines('i2c'), lines('mqtt')];
});

afterAll(() => rmSync(out, { recursive: true, force: true }));

test('the transcripts of one device, and of no other', () => {
  expect(readdirSync(out).sort()).toEqual(['device-1.i2c.txt', 'device-1.mqtt.txt', 'summary.json']);
});

test('the chip conversation is decoded, commands and whole replies', () => {
  const meanings = i2c.filter((line) => line.startsWith('i2c1 ')).map((line) => line.split(' ; ')[1] ?? '');
  expect(meanings.slice(0, 5)).toEqual(['', 'awake', 'Read p1=80 p2=0000', '32 bytes', 'idle']);
  const commands = meanings.filter((meaning) => / p1=/.test(meaning));
  expect(commands).toHaveLength(8 + 24 + 7);
  expect(commands.slice(-7)).toEqual([
    'GenKey p1=04 p2=FFFF',
    'Random p1=00 p2=0000',
    'Write p1=82 p2=0020 data=32',
    'ECDH p1=0F p2=0000 data=64',
    'Random p1=00 p2=0000',
    'Nonce p1=43 p2=0000 data=32',
    'Sign p1=A0 p2=0000',
  ]);
  // Wake, greeting, command, reply, idle.
  expect(meanings).toHaveLength(39 * 5);
});

test('the sensor is on its own port', () => {
  const lines = i2c.filter((line) => line.startsWith('i2c0 '));
  expect(lines[0]).toMatch(/^i2c0 \d+\.\d{3} W 76 D0 \+ ; -> id$/);
  expect(lines.filter((line) => / ; press=/.test(line)).length).toBeGreaterThanOrEqual(4);
});

test('the packets are decoded, with times since the power-up and directions', () => {
  const [about, ...packets] = mqtt;
  expect(about).toMatch(/^# ms since power-up/);
  const times = packets.map((line) => Number(line.split(' ')[0]));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBeLessThan(1000);
  const said = packets.map((line) => line.slice(line.indexOf(' ') + 1));
  const id = /^> CONNECT client="(ESP32_\w{6})" keepalive=120 clean=1$/.exec(said[0] ?? '')?.[1];
  expect(id).toBeDefined();
  const packetId = /id=(\d+)/.exec(said[2] ?? '')?.[1];
  expect(said.slice(1, 4)).toEqual([
    '< CONNACK code=0 session=0',
    `> SUBSCRIBE id=${packetId} "/topic/qos0/${id}" qos=0`,
    expect.stringMatching(/^> SUBSCRIBE id=\d+ "\/topic\/qos1\/ESP32_\w{6}" qos=1$/),
  ]);
  expect(said).toContain(`< SUBACK id=${packetId} granted=0`);
  expect(said.filter((line) => line === `> PUBLISH "/topic/qos0/${id}" qos=0 retain=0 "data"`)).toHaveLength(2);
  const telemetry = said.filter((line) => line.startsWith('> PUBLISH') && line.includes('Temparature'));
  expect(telemetry.length).toBeGreaterThanOrEqual(4);
});

test('a capture that the disk has no room for ends with a clear line and 1; the run goes on', async () => {
  const { code, stdout, stderr } = await emu('run', '--count', '1', '--duration', '1s', '--pcap', '/dev/full');
  expect(code).toBe(1);
  expect(stdout).toContain('warning: cannot write /dev/full any further: the disk is full; the run goes on without it');
  expect(stdout).toMatch(/MQTT CONNACK +1 /);
  expect(stderr).toMatch(/^emu: cannot write \/dev\/full any further: the disk is full\n/);
});

test('a capture that cannot be begun is said before anything runs', async () => {
  const { code, stdout, stderr } = await emu('run', '--count', '1', '--pcap', '/nowhere/x.pcapng');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^emu: --pcap: cannot write \/nowhere\/x\.pcapng: there is no directory \/nowhere\n/);
});

test('a capture into another output of the run is refused, and nothing is left behind', async () => {
  const line = ['run', '--count', '1', '--trace', '0', '--out', join(out, 'new')];
  for (const name of ['summary.json', 'device-0.mqtt.txt', 'nodir/x.pcapng']) {
    const { code, stderr } = await emu(...line, '--pcap', join(out, 'new', name));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      name.startsWith('nodir') ? /there is no directory/ : /^emu: --pcap: the run writes .* itself\n/,
    );
  }
  expect(readdirSync(out)).not.toContain('new');
});
