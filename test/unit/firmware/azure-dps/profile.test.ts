import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EmuError } from '../../../../emulator/errors.ts';
import { loadProfile } from '../../../../src/profile/index.ts';
import { azureProfile } from '../../../support/azure-twin.ts';
import { esp32MqttsProfile } from '../../../support/profiles.ts';

const directory = mkdtempSync(join(tmpdir(), 'azure-profile-'));
afterAll(() => rmSync(directory, { recursive: true }));

const HEAD = 'format: 1\nname: mine\ndescription: Mine\nextends: azure-dps\n';

/** What is wrong with a profile that says this over azure-dps, without where; empty when nothing is. */
function problems(yaml: string): readonly string[] {
  const path = join(directory, 'mine.yaml');
  writeFileSync(path, HEAD + yaml);
  try {
    loadProfile(path);
    return [];
  } catch (error) {
    if (error instanceof EmuError && error.code === 'EMU_E_PROFILE_INVALID') {
      return (error.value as string[]).map((problem) => problem.replace(/^.*?:\d+:\d+: /, ''));
    }
    throw error;
  }
}

describe('the shipped profiles', () => {
  it('have the chip, the TLS and the sensor of esp32-mqtts-shared, and read the common name from the chip', () => {
    const [azure, esp32] = [azureProfile(), esp32MqttsProfile('esp32-mqtts-shared')];
    for (const part of ['chip', 'tls', 'sensor'] as const) expect(azure[part]).toEqual(esp32[part]);
    expect(azure.certificates).toEqual({ ...esp32.certificates, deviceCommonName: 'slot8' });
    // The client of the telemetry is the same early esp-mqtt.
    const { clientIdPrefix, ...client } = esp32.mqtt;
    expect(azure.mqtt).toEqual({ ...client, apiVersion: '2018-06-30' });
  });

  it('differ in the SDK, its protocol and the client of the telemetry, and in nothing else', () => {
    const { name, description, sdk, dps, hub, telemetryClient, ...rest } = azureProfile();
    const modern = azureProfile('azure-dps-2026');
    expect(modern).toMatchObject(rest);
    expect(dps.idScope).toBe(modern.dps.idScope);
    expect(hub.keepAliveSeconds).toBe(modern.hub.keepAliveSeconds);
    expect([telemetryClient, modern.telemetryClient]).toEqual(['esp-mqtt', 'azure-sdk']);
  });
});

describe('a profile of azure-dps may', () => {
  it.each([
    [
      "have the article's layout with a compiled-in name",
      'record: { serialNumber: 52, hubName: 0 }\ncertificates: { deviceCommonName: template }\n',
    ],
    [
      'have a common name in another slot',
      'record: { serialNumber: 52, hubName: 0 }\ncertificates: { slots: { commonName: 9 } }\n',
    ],
    ['have a record at the end of its slot', 'record: { serialNumber: 0, hubName: 368 }\n'],
    ['have a backoff', 'sdk: { backoff: { initialMs: 1000, maxMs: 1000, jitterPercent: 0 } }\n'],
  ])('%s', (_, yaml) => {
    expect(problems(yaml)).toEqual([]);
  });
});

describe('a profile of azure-dps is refused with', () => {
  it.each([
    [
      "the article's layout over the common name",
      'record: { serialNumber: 52, hubName: 0 }\n',
      'record.hubName: it would replace the common name, which the firmware reads there: deviceCommonName: template',
    ],
    [
      'a serial number in the middle of the common name',
      'record: { serialNumber: 16, hubName: 100 }\n',
      'record.serialNumber: it would replace a part of the common name, which the firmware reads there',
    ],
    [
      'fields over each other',
      'record: { serialNumber: 64, hubName: 20 }\n',
      'record.hubName: its 48 bytes overlap those of serialNumber',
    ],
    [
      'a field behind the end of its slot',
      'record: { serialNumber: 0, hubName: 372 }\n',
      'record.hubName: its 48 bytes end behind the 416 of slot 8',
    ],
    [
      'a field at half a word',
      'record: { serialNumber: 0, hubName: 22 }\n',
      'record.hubName: the chip is written in words of 4 bytes',
    ],
    [
      'another use of slot 8',
      'certificates: { slots: { commonName: 9, compressedDevice: 8 } }\n',
      'record.hubName: slot 8 has another use in this profile',
    ],
    [
      'a backoff that shrinks',
      'sdk: { backoff: { initialMs: 2000, maxMs: 1000, jitterPercent: 0 } }\n',
      'sdk.backoff.maxMs: it is less than initialMs',
    ],
    [
      'an id scope with a slash',
      "dps: { idScope: 'a/b' }\n",
      'dps.idScope: it stands in a user name between /, ? and &',
    ],
    ['an empty id scope', "dps: { idScope: '' }\n", 'dps.idScope: Too small: expected string to have >=1 characters'],
    ['telemetry that fits no buffer', 'mqtt: { bufferBytes: 64 }\n', /bufferBytes \(64\): it would never be sent$/],
    ['an unknown client', 'telemetryClient: paho\n', /telemetryClient: /],
  ])('%s', (_, yaml, expected) => {
    const found = problems(yaml);
    expect(found.length).toBeGreaterThan(0);
    if (typeof expected === 'string') expect(found).toContain(expected);
    else expect(found.some((problem) => expected.test(problem))).toBe(true);
  });
});
