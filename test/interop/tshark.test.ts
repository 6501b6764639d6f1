import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Capture, CaptureFile } from '../../src/trace/index.ts';
import { emuRun } from '../support/emu.ts';
import { requireProgram } from '../support/interop.ts';

const tshark = requireProgram('tshark', ['--version']);
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-pcap-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CHECKED = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'];

function read(file: string, ...args: string[]): string[] {
  const stdout = execFileSync(tshark ?? '', ['-r', file, ...CHECKED, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Frames of which Wireshark says that something is wrong, in its own words. */
function complaints(file: string, ...args: string[]): string[] {
  // 4194304 is a note, 6291456 a warning.
  const worse = ['-Y', '_ws.expert.severity >= 6291456 || _ws.malformed || tcp.analysis.flags'];
  return read(file, ...args, ...worse, '-T', 'fields', '-e', 'frame.number', '-e', '_ws.expert.message');
}

describe.skipIf(tshark === undefined)('Wireshark', () => {
  test('opens a run of emu, finds nothing wrong, and decrypts every connection', async () => {
    const file = join(directory, 'run.pcapng');
    const count = 8;
    const line = ['--count', String(count), '--rate', '20', '--duration', '2500ms', '--interval', '400ms'];
    const { code, summary, stderr } = await emuRun(...line, '--pcap', file);
    expect(code, stderr).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const port = /embedded broker: mqtts:\/\/127\.0\.0\.1:(\d+)/.exec(stderr)?.[1] ?? '';
    const asMqtt = ['-d', `tls.port==${port},mqtt`];
    expect(complaints(file, ...asMqtt)).toEqual([]);
    const frames = (filter: string) => read(file, ...asMqtt, '-Y', filter, '-T', 'fields', '-e', 'tcp.stream');

    // Each connection: one handshake in the open, one Finished each way and one CONNECT behind the encryption.
    const streams = Array.from({ length: count }, (_, stream) => String(stream));
    const once = (filter: string) => expect([...frames(filter)].sort(), filter).toEqual(streams);
    once('tcp.flags.syn == 1 && tcp.flags.ack == 0');
    once('tls.handshake.type == 1');
    once('tls.handshake.type == 15');
    once('mqtt.msgtype == 1');
    once('mqtt.conack.val == 0');
    expect(frames('tls.handshake.type == 20')).toHaveLength(2 * count);
    expect(frames('tcp.flags.fin == 1')).toHaveLength(2 * count);

    const publishes = read(
      file,
      ...asMqtt,
      ...[
        '-Y',
        `mqtt.msgtype == 3 && tcp.dstport == ${port}`,
        '-T',
        'fields',
        '-e',
        'mqtt.topic',
        '-e',
        'mqtt.msgtype',
      ],
    );
    const sent = publishes.flatMap((fields) => fields.split('\t')[1]?.split(',') ?? []).filter((type) => type === '3');
    expect(sent).toHaveLength(summary.messages.sent);
    for (const fields of publishes) expect(fields).toMatch(/^\/topic\/qos0\/ESP32_\w{6}/);

    // The bytes are those that the run counted.
    const lengths = (side: string) =>
      read(file, '-Y', `tcp.${side}port == ${port}`, '-T', 'fields', '-e', 'tcp.len').reduce(
        (n, s) => n + Number(s),
        0,
      );
    expect([lengths('dst'), lengths('src')]).toEqual([summary.bytes.sent, summary.bytes.received]);
  });

  it.each([
    ['IPv4', '192.0.2.1', '192.0.2.2', 'ip.src'],
    ['IPv6', '2001:db8::1', 'fe80::2%lo', 'ipv6.src'],
  ])('takes the frames of %s, whole streams and resets', (_family, device, broker, source) => {
    const file = join(directory, `${source}.pcapng`);
    const output = new CaptureFile(file, (error) => {
      throw error;
    });
    const capture = new Capture((block) => output.write(block));
    const ends = [
      { address: device, port: 50_000 },
      { address: broker, port: 9999 },
    ] as const;
    const connection = capture.connected(...ends);
    const long = Buffer.from(Array.from({ length: 70_001 }, (_, i) => i & 0xff));
    connection.sent(Buffer.from('odd'));
    connection.received(long);
    connection.sent(long);
    connection.ended('broker');
    connection.ended('device');
    connection.reset();
    connection.sent(long);
    capture
      .connected(...(ends.map((end) => ({ ...end, port: end.port + 1 })) as [(typeof ends)[0], (typeof ends)[1]]))
      .reset();
    output.close();

    const fields = ['-T', 'fields', '-e', source, '-e', 'tcp.srcport', '-e', 'tcp.len', '-e', 'tcp.checksum.status'];
    const [far] = broker.split('%');
    expect(read(file, '-Y', 'tcp.stream == 0', ...fields)).toEqual(
      [
        [device, 50_000, 0],
        [far, 9999, 0],
        [device, 50_000, 0],
        [device, 50_000, 3],
        ...[32_768, 32_768, 4465].map((length) => [far, 9999, length]),
        ...[32_768, 32_768, 4465].map((length) => [device, 50_000, length]),
        [far, 9999, 0],
        [device, 50_000, 0],
        [far, 9999, 0],
      ].map((row) => [...row, 1].join('\t')),
    );
    // The reset itself is what Wireshark warns of, and nothing else.
    const [warned, ...others] = complaints(file);
    expect(warned).toContain('RST');
    expect(others).toEqual([]);
    expect(readFileSync(file).length % 4).toBe(0);
  });
});
