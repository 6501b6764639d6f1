import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { ofMqttTask } from '../support/console.ts';
import { requireProgram } from '../support/interop.ts';
import { repetitions } from '../support/size.ts';
import { twinBench } from '../support/twin.ts';

/** The MQTT client of the C firmware and that of the twin, each against the same broker: what they send when, and say. */

const gcc = requireProgram('gcc', ['--version']);
const directory = mkdtempSync(join(tmpdir(), 'twinfleet-client-'));
const player = join(directory, 'play_mqtt');
afterAll(() => rmSync(directory, { recursive: true }));

function compile(compiler: string): void {
  const core = readdirSync('firmware/core').filter((name) => name.endsWith('.c'));
  const sources = [
    ...['firmware/test/play_mqtt.c', ...core.map((name) => `firmware/core/${name}`)],
    ...['firmware/test/fake_port.c', 'firmware/test/hash.c', 'firmware/profiles/esp32-mqtts.c'],
  ];
  const flags = [
    '-std=c11',
    '-O1',
    '-D_POSIX_C_SOURCE=200809L',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
  ];
  const link = ['-Wl,--allow-multiple-definition', '-lm'];
  execFileSync(compiler, [...flags, '-Ifirmware/core', '-o', player, ...sources, ...link], { stdio: 'pipe' });
}

type Happening =
  | { readonly what: 'record'; readonly hex: string }
  | { readonly what: 'hangup' | 'stop' | 'take'; readonly hex?: undefined };

interface Story {
  /** What each CONNECT gets; '-' is nothing. */
  readonly answers: readonly string[];
  readonly happenings: readonly (Happening & { readonly at: number })[];
  readonly end: number;
}

interface Told {
  /** `TIME HEX` of each packet, `TIME dial`. */
  readonly sent: readonly string[];
  readonly console: readonly string[];
}

/** Packet ids 1, 2, 3 …; all else is drawn as ever. */
function countedIds(rng: Rng): Rng {
  let next = 1;
  const bytes = (length: number) => {
    const out = new Uint8Array(length);
    new DataView(out.buffer).setUint32(0, next++);
    return out;
  };
  return {
    bytes: (length) => rng.bytes(length),
    fraction: () => rng.fraction(),
    fork: (...path) => {
      const branch = rng.fork(...path);
      return path.at(-1) === 'mqtt' ? { ...branch, bytes, fork: () => branch } : countedIds(branch);
    },
  };
}

const ANYBODY = 'ESP32_b4E6A1';
const hexOf = (text: string) => Buffer.from(text).toString('hex');

async function twinTells({ answers, happenings, end }: Story): Promise<Told> {
  const console: string[] = [];
  const left = [...answers];
  const { clock, twin, broker, log } = await twinBench({
    intervalMs: 1_000_000,
    rng: countedIds(rootRng('client')),
    console: (line) => console.push(line),
    script: {
      answer: (packet, connection) => {
        const answer = packet.startsWith('10') ? left.shift() : undefined;
        if (answer !== undefined && answer !== '-') connection.send(answer);
      },
    },
  });
  twin.boot();
  for (const { at, what, hex } of happenings) {
    await clock.advance(at - clock.now());
    const connection = broker.connections.at(-1);
    if (connection?.state !== 'open') continue;
    if (what === 'record') connection.send(hex);
    else if (what === 'hangup') connection.hangUp();
    else if (what === 'stop') connection.stopTaking();
    else connection.takeAgain();
    await clock.advance(0);
  }
  await clock.advance(end - clock.now());
  const packets = log.packets
    .filter(({ direction }) => direction === 'sent')
    .map(({ at, bytes }) => ({ at, text: Buffer.from(bytes).toString('hex') }));
  const dials = broker.dials.map((at) => ({ at, text: 'dial' }));
  const sent = [...dials, ...packets].sort((a, b) => a.at - b.at).map(({ at, text }) => `${at} ${text}`);
  const id = twin.clientId;
  twin.stop();
  return {
    sent: sent.map((line) => line.replaceAll(hexOf(id), hexOf(ANYBODY))),
    console: console.map((line) => line.replaceAll(id, ANYBODY)),
  };
}

function firmwareTells({ answers, happenings, end }: Story): Told {
  const input = [
    ...answers.map((answer) => `answer ${answer}`),
    '40 telemetry', // when the twin's first sample is taken
    ...happenings.map(({ at, what, hex = '' }) => `${at} ${what} ${hex}`),
    `end ${end}`,
  ].join('\n');
  const { status, stdout, stderr } = spawnSync(player, { input: `${input}\n`, encoding: 'latin1', maxBuffer: 1 << 24 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const [sent = '', console = ''] = stdout.split(/^--\n/m);
  return { sent: sent.split('\n').slice(0, -1), console: console.split('\n').slice(0, -1) };
}

/**
 * What both must tell. Left out: telemetry, whose values differ; length and first byte of a read, which the twin takes from its
 * record; and of data what is behind a character that is no text: in C a NUL ends it, and a line end begins another line.
 */
function comparable({ sent, console }: Told, end: number): Told {
  // The firmware looks once a second whether it is to end.
  const isInTime = (line: string) => Number(/^(?:\w \()?(\d+)/.exec(line)?.[1] ?? 0) <= end;
  return {
    sent: sent.filter((line) => isInTime(line) && !line.includes(hexOf('Temparature')) && !line.endsWith('close')),
    console: console
      .filter(isInTime)
      .filter((line) => /MQTT|ECC608: sent|^TOPIC=|^DATA=|cert|credentials/.test(line) && ofMqttTask(line))
      .map((line) => line.replace(/response: \d+, read_len: \d+|length_read=\d+/, '…').replace(/[^ -~…].*/s, '')),
  };
}

const printable = fc.string({ maxLength: 40, unit: fc.constantFrom(...'abcxyz/ 0189') });
const u16 = (value: number) => value.toString(16).padStart(4, '0');
const byte = (value: number) => value.toString(16).padStart(2, '0');

function withHeader(first: number, body: string): string {
  const bytes: number[] = [];
  let rest = body.length / 2;
  for (; rest >= 0x80; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [first, ...bytes, rest].map(byte).join('') + body;
}

const publish = fc
  .tuple(
    printable,
    printable,
    fc.constantFrom(0, 0, 0, 1000, 1016, 1017, 1500, 2200),
    fc.nat({ max: 3 }),
    fc.nat({ max: 9 }),
  )
  .map(([topic, payload, more, qos, id]) => {
    const text = payload + 'm'.repeat(more);
    return withHeader(0x30 | (qos << 1), u16(topic.length) + hexOf(topic) + (qos > 0 ? u16(id) : '') + hexOf(text));
  });
const id = fc.nat({ max: 9 }).map(u16);
const packet = fc.oneof(
  { weight: 4, arbitrary: publish },
  { weight: 6, arbitrary: id.map((text) => `9003${text}00`) },
  { weight: 2, arbitrary: id.map((text) => `b002${text}`) },
  { weight: 2, arbitrary: fc.constant('d000') },
  ...[0x40, 0x50, 0x62, 0x70, 0x60, 0x90, 0xb2].map((first) => ({
    weight: 1,
    arbitrary: id.map((text) => `${byte(first)}02${text}`),
  })),
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(0x00, 0x20, 0x40, 0x90, 0xb0, 0xd0, 0xf0), fc.uint8Array({ maxLength: 12 }))
      .map(([first, rest]) => byte(first) + Buffer.from(rest).toString('hex')),
  },
);
const record = fc.oneof(
  { weight: 5, arbitrary: packet },
  { weight: 1, arbitrary: fc.array(packet, { minLength: 2, maxLength: 3 }).map((packets) => packets.join('')) },
  {
    weight: 1,
    arbitrary: fc.tuple(packet, fc.nat()).map(([text, cut]) => text.slice(0, 2 + 2 * (cut % (text.length / 2)))),
  },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: record.map((hex) => ({ what: 'record' as const, hex: hex.slice(0, 2 * 2500) })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('hangup' as const, 'stop' as const, 'take' as const).map((what) => ({ what })),
  },
);
const story: fc.Arbitrary<Story> = fc
  .record({
    answers: fc.array(
      fc.constantFrom('20020000', '20020000', '20020000', '20020005', '-', 'd000', '2002000030040001'),
      {
        maxLength: 30,
      },
    ),
    seconds: fc.array(fc.nat({ max: 90 }), { maxLength: 30 }),
    happenings: fc.array(happening, { maxLength: 30 }),
  })
  .map(({ answers, seconds, happenings }) => {
    let second = 0;
    // No two at the same millisecond of a second: what the client's clock does at the same time as its broker is chance.
    const timed = happenings.map((each, i) => {
      second += (seconds[i] ?? 0) > 60 ? (seconds[i] ?? 0) : (seconds[i] ?? 0) % 4;
      return { ...each, at: second * 1000 + 100 + 17 * i };
    });
    return { answers: ['20020000', ...answers], happenings: timed, end: (second + 70) * 1000 + 900 };
  });

/**
 * What chance finds in one story of fifty: a refused second connection, and a ping that the broker does not take, because the
 * acknowledgement of a message fills what it had room for.
 */
const rare: readonly Story[] = [
  { answers: ['20020000', '20020005'], happenings: [{ what: 'hangup', at: 1100 }], end: 60_900 },
  {
    answers: ['20020000'],
    happenings: [
      { what: 'stop', at: 1100 },
      { what: 'record', hex: '32050001610001', at: 2117 },
    ],
    end: 150_900,
  },
];

describe.skipIf(gcc === undefined)('the MQTT client of the C firmware', () => {
  it('sends and says what the twin does, whatever its broker does', { timeout: 1_800_000 }, async () => {
    compile(gcc as string);
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const twin = comparable(await twinTells(told), told.end);
        const firmware = comparable(firmwareTells(told), told.end);
        expect(firmware).toEqual(twin);
        for (const line of twin.console) reached.add(line.replace(/^\w \(\d+\) /, '').replace(/[=,].*/, ''));
      }),
      { numRuns: repetitions(100, 2000), examples: rare.map((each): [Story] => [each]) },
    );
    const some = ['ECC608: MQTT_EVENT_DATA', 'ECC608: MQTT_EVENT_SUBSCRIBED', 'ECC608: MQTT_EVENT_UNSUBSCRIBED'];
    const ends = ['Read error or end of stream', 'Error MQTT Connected', 'No PING_RESP', 'Error sending ping'];
    expect([...reached]).toEqual(expect.arrayContaining([...some, ...ends.map((end) => `MQTT_CLIENT: ${end}`)]));
  });
});
