import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../emulator/clock/index.ts';
import { UmqttClient, type UmqttEvent } from '../../emulator/umqtt/index.ts';
import { requireProgram } from '../support/interop.ts';

const gcc = requireProgram('gcc', ['--version']);
const directory = mkdtempSync(join(tmpdir(), 'emu-sdk-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SOURCES = [
  'firmware/test/programs/sdk_events.c',
  ...['client', 'framer', 'keep_alive', 'packet', 'parse'].map((name) => `firmware/core/sdk_${name}.c`),
];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** What the firmware in C makes of each stream: a line of events and of packets sent. */
function inC(streams: readonly Uint8Array[]): string[] {
  const program = join(directory, 'sdk-events');
  const built = spawnSync('gcc', ['-std=c11', '-O1', '-Ifirmware/core', '-o', program, ...SOURCES]);
  expect([built.status, built.stderr.toString()]).toEqual([0, '']);
  const input = Buffer.concat(
    streams.flatMap((stream) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(stream.length);
      return [length, stream];
    }),
  );
  const { status, stdout } = spawnSync(program, { input, maxBuffer: 64 * 1024 * 1024 });
  expect(status).toBe(0);
  return stdout.toString().split('\n').slice(0, -1).map(withTextTopics);
}

/** The twin's topics are texts, the firmware's bytes: what is no UTF-8 is U+FFFD in a text. */
function withTextTopics(line: string): string {
  return line.replace(/(?<= message )[0-9a-f]*/g, (topic) => hex(Buffer.from(Buffer.from(topic, 'hex').toString())));
}

function inTheTwin(stream: Uint8Array): string {
  let line = '';
  let accepted = false;
  const heard = (event: UmqttEvent) => {
    switch (event.type) {
      case 'connack':
        // A session of the SDK hears no CONNACK any more once it is accepted.
        if (!accepted) line += ` connack ${event.code}`;
        accepted ||= event.code === 0;
        break;
      case 'suback':
        line += ` suback ${event.id} ${Number(event.refused)}`;
        break;
      case 'acknowledged':
        line += ` puback ${event.id}`;
        break;
      case 'message':
        line += ` message ${hex(Buffer.from(event.topic))} ${hex(event.payload)}`;
        break;
      case 'failed':
        line += ' closed';
    }
  };
  const options = { clientId: 'c', username: 'u', cleanSession: true, keepAliveSeconds: 0 };
  const send = (packet: Uint8Array) => {
    line += ` sent ${hex(packet)}`;
  };
  const client = new UmqttClient(options, new ManualClock(), { send, event: heard });
  client.connect();
  // As the firmware reads it: 512 bytes at a time.
  for (let at = 0; at < stream.length; at += 512) client.receive(stream.subarray(at, at + 512));
  return line;
}

/** A packet with any first byte of the types that matter, and any body, mostly of the announced length. */
const body = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.constantFrom('0000', '0005', '0001', '000101', '00010180', '0001018001', '000181', '00', '').map((digits) => {
    return Uint8Array.from(Buffer.from(digits, 'hex'));
  }),
  fc
    .tuple(fc.stringMatching(/^[a-z$/]{0,12}$/), fc.uint8Array({ maxLength: 300 }))
    .map(([topic, rest]) => Uint8Array.from([0, topic.length, ...Buffer.from(topic), ...rest])),
);
const first = fc.oneof(
  fc.constantFrom(0x20, 0x30, 0x32, 0x34, 0x40, 0x50, 0x62, 0x90, 0xd0),
  fc.integer({ min: 0, max: 255 }),
);
const packet = fc.tuple(first, body).map(([byte, bytes]) => {
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Uint8Array.from([byte, ...length, ...bytes]);
});
const piece = fc.oneof({ weight: 20, arbitrary: packet }, fc.uint8Array({ maxLength: 8 }));
const streams = fc.array(piece, { maxLength: 8 }).map((pieces) => Uint8Array.from(pieces.flatMap((part) => [...part])));

describe.skipIf(gcc === undefined)('a client of the SDK, in C', () => {
  it('makes of what a server says what the twin does', () => {
    const sample = fc.sample(streams, { seed: 608, numRuns: 20_000 });
    const expected = sample.map(inTheTwin);
    expect(inC(sample)).toEqual(expected);
    for (const word of ['connack', 'suback', 'puback', 'message', 'closed', 'sent 4002', 'sent 5002', 'sent 6202']) {
      expect(expected.filter((line) => line.includes(word)).length).toBeGreaterThan(200);
    }
  });
});
