import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { profileSource } from '../../../src/firmware-headers/index.ts';
import { loadProfile } from '../../../src/profile/index.ts';

const root = join(import.meta.dirname, '../../..');
let files: string;

beforeAll(() => {
  files = mkdtempSync(join(tmpdir(), 'emu-firmware-headers-'));
});
afterAll(() => rmSync(files, { recursive: true, force: true }));

/** A shipped profile with these changes. */
function changed(name: string, changes: object) {
  const file = join(files, `${name}.yaml`);
  writeFileSync(file, stringify({ extends: name, ...changes }));
  return loadProfile(file);
}

/** What a C program prints that is linked with the tables; `expression` is a format and its arguments for printf. */
function printed(source: string, ...expressions: readonly string[]): string {
  const [tables, main, program] = ['tables.c', 'main.c', 'program'].map((name) => join(files, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(tables, source);
  const lines = expressions.map((expression) => `  printf(${expression});`);
  writeFileSync(main, `#include <stdio.h>\n#include "profile.h"\nint main(void) {\n${lines.join('\n')}\n}\n`);
  const strict = ['-std=c11', '-Wall', '-Wextra', '-Wconversion', '-Wpedantic', '-Werror'];
  execFileSync('gcc', [...strict, `-I${root}/firmware/core`, '-o', program, tables, main]);
  return execFileSync(program, { encoding: 'utf8' });
}

describe('the tables in firmware/profiles are what the code makes of the profiles', () => {
  // After a change of a profile: npx vitest run test/unit/firmware-headers -u
  test.each(['esp32-mqtts', 'azure-dps'])('%s.c', async (name) => {
    await expect(profileSource(loadProfile(name))).toMatchFileSnapshot(join(root, `firmware/profiles/${name}.c`));
  });
});

describe('the tables, compiled', () => {
  test('say what the profile says', () => {
    const said = printed(
      profileSource(loadProfile('azure-dps')),
      String.raw`"%s %u %02x %u\n", PROFILE.name, PROFILE.chip.bus_clock_hz, PROFILE.chip.address, (unsigned)PROFILE.chip.spare_key_slots[2]`,
      String.raw`"%04x %04x %04x %d\n", PROFILE.tls.cipher_suites[0], PROFILE.tls.cipher_suites[1], PROFILE.tls.curves[0], PROFILE.tls.check_dates`,
      String.raw`"%s %d\n", PROFILE.script.on_connected[0].topic, PROFILE.script.on_connected[0].qos`,
      String.raw`"%s\n", PROFILE.telemetry.payload`,
      String.raw`"%s %s %u\n", PROFILE.azure->hub_client_type, PROFILE.mqtt.api_version, PROFILE.azure->hub_resend_after_ms`,
    );
    // profiles/azure-dps.yaml; suites and curve by IANA's registries.
    expect(said).toBe(
      [
        'azure-dps 100000 60 7',
        'c02b c02f 0017 0',
        'devices/{clientId}/messages/devicebound/# 1',
        '{"Temparature": "%.2f" , "Pressure": "%.2f" , "Humidity": "%.2f"}',
        'iothubclient/1.2.14 (native; freertos; esp platform) 2018-06-30 61000',
        '',
      ].join('\n'),
    );
  });

  test('have texts that C reads otherwise', () => {
    const payload = 'a\\n"??/ü %f\u00011 %f %f';
    const profile = changed('esp32-mqtts', { telemetry: { payload } });
    expect(printed(profileSource(profile), '"%s", PROFILE.telemetry.payload')).toBe(payload);
  });

  test('do without spare keys and steps', () => {
    const profile = changed('esp32-mqtts', {
      chip: { spareKeySlots: [] },
      script: { onConnected: [], onSubscribed: [] },
    });
    const said = printed(profileSource(profile), '"%d", PROFILE.chip.spare_key_slots == NULL');
    expect(said).toBe('1');
  });
});

describe('the period that was asked for', () => {
  const period = (intervalMs: number) =>
    /settle_ms = (\d+)u,\s+\.period_ms = (\d+)u/
      .exec(profileSource(loadProfile('esp32-mqtts'), { intervalMs }))
      ?.slice(1);

  test('has the settling in it', () => expect(period(1000)).toEqual(['40', '960']));
  test('is the settling alone when it is shorter', () => expect(period(25)).toEqual(['25', '0']));
});

describe('a profile that the firmware cannot be built from', () => {
  test.each([
    [{ telemetryClient: 'azure-sdk' }, /telemetryClient is azure-sdk/],
    [{ dps: { requestBody: 'registrationId' } }, /dps\.requestBody is registrationId/],
    [{ dps: { retryAfter: 'honoured' } }, /dps\.retryAfter is honoured/],
    [{ sdk: { backoff: { initialMs: 1000, maxMs: 1000, jitterPercent: 0 } } }, /sdk\.backoff is not none/],
    [{ tls: { renegotiationScsv: false } }, /tls\.renegotiationScsv is false/],
    [{ mqtt: { bufferBytes: 65_536 } }, /mqtt\.bufferBytes is 65536, at most 65535 fits/],
    [{ mqtt: { outbox: { maxBytes: 2 ** 32 } } }, /mqtt\.outbox\.maxBytes is 4294967296/],
    [{ certificates: { organization: 'ü'.repeat(64), signerCommonName: 'ü'.repeat(64) } }, /may have \d+ bytes, 640/],
  ])('%o', (changes, message) => {
    const make = () => profileSource(changed('azure-dps', changes));
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'EMU_E_PROFILE_FIRMWARE' }));
  });
});
