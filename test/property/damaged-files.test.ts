import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { ScriptStep } from '../../emulator/esp32/index.ts';
import { reconnectGap } from '../../emulator/mqtt/index.ts';
import { isFilter, shippedProfileFile } from '../../src/base/index.ts';
import { PROFILE } from '../../src/profile/kind.ts';
import { readDocument } from '../../src/yaml/index.ts';
import { createCa } from '../support/certificates.ts';
import { type Ended, emu } from '../support/emu-in-process.ts';
import { esp32MqttsProfile } from '../support/profiles.ts';
import { repetitions } from '../support/size.ts';

let directory: string;
let ca: { certificate: string; key: string };
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'emu-damaged-'));
  ca = await createCa({ commonName: 'root' });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A file with this in it. */
function file(name: string, contents: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  return path;
}

const contentsOf = (name: string) => readDocument(shippedProfileFile(name), PROFILE).contents;

/** A whole profile, a value a line. */
const profile = stringify({ ...contentsOf('esp32-mqtts-shared'), name: 'mine' }, { lineWidth: 0 });

const settings = stringify({
  run: { count: 20, rate: 50, duration: '5m', workers: 2, pace: 'fast', broker: 'mqtts://b', probe: 'a/#', json: true },
  fleet: { create: { count: 10, validity: 5 }, export: { for: 'nats', hostname: 'localhost', port: 8883 } },
  chip: { exec: { lock: 'none', variant: 'ATECC608A' }, config: { format: 'hex' } },
  board: { count: 2, chip: '60,35', sensor: 'none', port: 7000 },
});

const VALUES = [
  ...[
    'null',
    'true',
    '',
    '""',
    'x',
    '-1',
    '0',
    '1',
    '65536',
    '1e308',
    '.inf',
    '.nan',
    '0.5',
    '"12"',
    '[]',
    '{}',
    '[1]',
  ],
  ...['"\\0"', '"a#b"', '"+"', '"{id}"', '"\\ud800"', '&a 1', '*a', '!x y', '!!binary aGk=', '|', '{', "'", '- b'],
];

/** Some ways to damage a file of lines `key: value`. */
const damage = fc
  .array(fc.tuple(fc.nat(6), fc.nat(), fc.nat(), fc.constantFrom(...VALUES)), { minLength: 1, maxLength: 3 })
  .map((edits) => (text: string): Uint8Array => {
    let bytes = Buffer.from(text);
    for (const [kind, first, second, value] of edits) {
      const lines = bytes.toString('latin1').split('\n');
      const at = (place: number) => place % lines.length;
      const valueAt = (place: number) => /: (.*)$/.exec(lines[at(place)] ?? '')?.[1] ?? '';
      const put = (place: number, other: string) => {
        lines[at(place)] = (lines[at(place)] ?? '').replace(/: .*$/, () => `: ${other}`);
      };
      if (kind <= 2) put(first, value);
      else if (kind === 3) {
        const other = valueAt(first);
        put(first, valueAt(second));
        put(second, other);
      } else if (kind === 4) lines.splice(at(first), 1, ...(second % 2 === 0 ? [] : [lines[at(first)] ?? '', value]));
      bytes = Buffer.from(lines.join('\n'), 'latin1');
      if (kind === 5) bytes = bytes.subarray(0, first % (bytes.length + 1));
      else if (kind === 6 && bytes.length > 0) bytes[first % bytes.length] = second % 256;
    }
    return bytes;
  });

/** Of a command that takes no longer than to read a file: it went well, or the file is refused in words. */
function requireWords({ code, stderr }: Ended, otherwise: RegExp): void {
  expect(stderr).not.toMatch(/bug in emu|^ +at |EMU_E_INTERNAL/m);
  if (code !== 0)
    expect([code, stderr]).toEqual([
      expect.toSatisfy((exit) => exit === 2 || exit === 104),
      expect.stringMatching(otherwise),
    ]);
}

function requireSense(path: string): void {
  const { tls, mqtt, script, telemetry, sensor } = esp32MqttsProfile(path);
  const numbers = JSON.stringify([tls, mqtt, script, telemetry, sensor], (_, value) =>
    typeof value === 'number' && !(value >= 0 && value <= 604_800_000) ? 'out of range' : value,
  );
  expect(numbers).not.toMatch(/out of range|\\u0000|\\ud800/);
  expect(tls.maxRecordBytes).toBeGreaterThanOrEqual(512);
  expect(reconnectGap(mqtt.reconnect)).toBeGreaterThanOrEqual(100);
  expect(mqtt.networkTimeoutMs).toBeGreaterThan(0);
  expect([0x76, 0x77]).toContain(sensor.address);
  expect(script.onSubscribed.filter((step) => 'subscribe' in step)).toEqual([]);
  const topics = (steps: readonly ScriptStep[]) =>
    steps.flatMap((step) => Object.values(step).map(({ topic }) => topic));
  for (const topic of [telemetry.topic, ...topics(script.onConnected), ...topics(script.onSubscribed)]) {
    expect(isFilter(topic), topic).toBe(true);
  }
}

/** The same files each time; more of them in the soak. */
const runs = { seed: 608, numRuns: repetitions(40, 1000) };

test('a damaged profile is refused in words, or makes sense', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(damage, async (spoil) => {
      const path = file('profile.yaml', spoil(profile));
      // What is accepted ends here: nothing can be written there.
      const ended = await emu('run', '--profile', path, '--count', '1', '--out', '/proc/none');
      requireWords(ended, /^ {5}EMU_E_(PROFILE_\w+|USAGE_OUT)$/m);
      if (!ended.stderr.includes('EMU_E_USAGE_OUT')) return;
      accepted++;
      requireSense(path);
    }),
    runs,
  );
  expect(accepted).toBeLessThan(runs.numRuns);
});

test('a damaged settings file is refused in words', async () => {
  await fc.assert(
    fc.asyncProperty(damage, async (spoil) => {
      const path = file('settings.yaml', spoil(settings));
      requireWords(await emu('chip', 'exec', 'Info', '--config', path), /^ {5}EMU_E_CONFIG_\w+$/m);
    }),
    runs,
  );
});

test('damaged PEM is refused in words', async () => {
  const der = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  const inside = der.map((changes) => (pem: string) => {
    const [, label = '', body = ''] = /-----BEGIN ([^-]+)-----([^-]+)-----END/.exec(pem) ?? [];
    const bytes = Buffer.from(body, 'base64');
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return `-----BEGIN ${label}-----\n${bytes.toString('base64')}\n-----END ${label}-----\n`;
  });
  const around = fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => (pem: string) => {
    const bytes = Buffer.from(pem);
    if (value % 2 === 0) return bytes.subarray(0, at % bytes.length);
    bytes[at % bytes.length] = value;
    return bytes;
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(inside, around), fc.nat(2), async (spoil, which) => {
      const certificate = file('root.pem', which === 0 ? spoil(ca.certificate) : ca.certificate);
      const key = file('root.key', which === 1 ? spoil(ca.key) : ca.key);
      const trusted = file('trusted.pem', which === 2 ? spoil(ca.certificate) : ca.certificate);
      const line = ['--ca', trusted, '--ca-cert', certificate, '--ca-key', key, '--broker', 'mqtts://127.0.0.1:1'];
      const ended = await emu('run', ...line, '--count', '1', '--out', '/proc/none');
      requireWords(ended, /^ {5}EMU_E_(CA_\w+|USAGE(_OUT)?)$/m);
    }),
    runs,
  );
});
