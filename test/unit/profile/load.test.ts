import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmuError } from '../../../emulator/errors.ts';
import { shippedProfiles } from '../../../src/base/index.ts';
import { loadProfile } from '../../../src/profile/index.ts';
import { esp32MqttsProfile } from '../../support/profiles.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'profile-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Writes a profile file and returns its path. */
function file(name: string, contents: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  return path;
}

function refusal(nameOrFile: string): EmuError {
  try {
    loadProfile(nameOrFile);
  } catch (error) {
    if (error instanceof EmuError) return error;
    throw error;
  }
  throw new Error(`${nameOrFile} was accepted`);
}

const HEAD = 'format: 1\nname: mine\ndescription: Mine\nextends: esp32-mqtts\n';

describe('the shipped profiles', () => {
  it('are two of each firmware', () => {
    expect(shippedProfiles()).toEqual(['azure-dps', 'azure-dps-2026', 'esp32-mqtts', 'esp32-mqtts-shared']);
  });

  it.each(shippedProfiles())('%s loads and says its own name', (name) => {
    expect(loadProfile(name).name).toBe(name);
  });

  it('of esp32-mqtts differ in nothing but name, description and topics', () => {
    const own = esp32MqttsProfile('esp32-mqtts');
    const shared = esp32MqttsProfile('esp32-mqtts-shared');
    expect(own.description).not.toBe(shared.description);
    expect(JSON.parse(JSON.stringify(own).replaceAll('/{clientId}', ''))).toEqual({
      ...JSON.parse(JSON.stringify(shared)),
      name: own.name,
      description: own.description,
    });
    expect(own.telemetry.topic).toBe('/topic/qos0/{clientId}');
    expect(own.script.onConnected).toEqual([
      { subscribe: { topic: '/topic/qos0/{clientId}', qos: 0 } },
      { subscribe: { topic: '/topic/qos1/{clientId}', qos: 1 } },
      { unsubscribe: { topic: '/topic/qos1/{clientId}' } },
    ]);
    expect(own.script.onSubscribed).toEqual([
      { publish: { topic: '/topic/qos0/{clientId}', payload: 'data', qos: 0 } },
    ]);
  });

  it('write the configuration bytes of the firmware', () => {
    const { configuration } = loadProfile('esp32-mqtts-shared').chip;
    const word = (address: number) => (configuration[address - 16] ?? 0) | ((configuration[address - 15] ?? 0) << 8);
    expect(Buffer.from(configuration).toString('hex')).toBe(
      [
        'c0000001',
        '8f20c444872087208f0fc4009f0f8220',
        '0f0fc4440f0f0f0f0f0f0f0f0f0f0f0f',
        'ffffffff00000000ffffffff00000000',
        '00000000000000000000000000000000',
        '00000000ffff064000000000',
        '33001c00130013007c0018003c003300',
        '3c003c003c0030003c003c003c003000',
      ].join(''),
    );
    expect(configuration).toHaveLength(112);
    expect(word(20)).toBe(0x208f); // SlotConfig 0
    expect(word(90)).toBe(0x4006); // ChipOptions
    expect(word(96)).toBe(0x0033); // KeyConfig 0
    expect(word(126)).toBe(0x0030); // KeyConfig 15
  });

  it("keep the firmware's payload, misspelling and spaces", () => {
    expect(esp32MqttsProfile('esp32-mqtts').telemetry.payload).toBe(
      '{"Temparature": "%f" , "Pressure": "%f" , "Humidity": "%f"}',
    );
  });
});

describe('a profile that extends another', () => {
  it('merges maps and replaces the rest', () => {
    const path = file('merge.yaml', `${HEAD}telemetry:\n  periodMs: 2000\nchip:\n  spareKeySlots: []\n`);
    const base = esp32MqttsProfile('esp32-mqtts');
    expect(loadProfile(path)).toEqual({
      ...base,
      name: 'mine',
      description: 'Mine',
      telemetry: { ...base.telemetry, periodMs: 2000 },
      chip: { ...base.chip, spareKeySlots: [] },
    });
  });

  it('finds a file beside itself', () => {
    file('base.yaml', `${HEAD}sensor:\n  address: 0x77\n`);
    const path = file('child.yaml', HEAD.replace('extends: esp32-mqtts', 'extends: base.yaml'));
    expect(loadProfile(path).sensor.address).toBe(0x77);
  });

  it('is named as the user named it', () => {
    const path = file('named.yaml', 'mqtt: 1\n');
    const asGiven = relative(process.cwd(), path);
    expect(refusal(asGiven).message.startsWith(`${asGiven}:1:1: `)).toBe(true);
  });

  it('may be all that a profile says', () => {
    expect(loadProfile(file('same.yaml', 'extends: esp32-mqtts\n'))).toEqual(loadProfile('esp32-mqtts'));
  });

  it('cannot extend itself, at any distance', () => {
    const one = file('one.yaml', 'extends: ./two.yaml\n');
    const two = file('two.yaml', '# two\nextends: ./one.yaml\n');
    expect(refusal(one).message).toBe(`${two}:2:10: extends: a profile cannot extend itself`);
    const itself = file('itself.yaml', 'extends: ./itself.yaml\n');
    expect(refusal(itself).message).toBe(`${itself}:1:10: extends: a profile cannot extend itself`);
  });

  it('names what it extends', () => {
    const path = file('list.yaml', 'extends: [a, b]\n');
    expect(refusal(path).message).toBe(`${path}:1:10: extends: expected the name or the file of a profile`);
  });

  it('points into the extended file when the mistake is there', () => {
    const base = file('bad-base.yaml', `${HEAD}mqtt:\n  bufferBytes: 1\n`);
    const path = file('good-child.yaml', HEAD.replace('extends: esp32-mqtts', 'extends: ./bad-base.yaml'));
    expect(refusal(path).message).toMatch(`${base}:6:16: mqtt.bufferBytes: Too small`);
  });
});

describe('a mistake is reported where it stands', () => {
  const mistakes: [title: string, yaml: string, expected: string][] = [
    [
      'a wrong type',
      'mqtt:\n  keepAliveSeconds: soon\n',
      '6:21: mqtt.keepAliveSeconds: Invalid input: expected number, received string',
    ],
    ['an unknown key', 'mqtt:\n  keepalive: 60\n', '6:3: mqtt.keepalive: unknown key'],
    ['a value out of range', 'telemetry: { qos: 3 }\n', '5:19: telemetry.qos: Invalid option: expected one of 0|1|2'],
    [
      'an I2C address that is none',
      `chip:\n  configuration: "${'00'.repeat(112)}"\n`,
      '6:18: chip.configuration: its first byte is I2C_Address in 8 bits: expected 10 to EE',
    ],
    ['too few bytes', 'chip:\n  configuration: C0 00\n', '6:18: chip.configuration: expected 112 bytes in hexadecimal'],
    [
      'not hexadecimal',
      `chip:\n  ioProtectionKey: ${'zz'.repeat(32)}\n`,
      '6:20: chip.ioProtectionKey: expected 32 bytes in hexadecimal',
    ],
    [
      'a wildcard to publish on',
      'telemetry:\n  topic: /topic/#\n',
      '6:10: telemetry.topic: a topic to publish on has no wildcard (+ or #)',
    ],
    [
      'a payload with two values',
      "telemetry:\n  payload: '%f %f'\n",
      '6:12: telemetry.payload: expected exactly three conversions, %f or %.Nf',
    ],
    ['an empty map', 'mqtt:\n', '5:6: mqtt: Invalid input: expected object, received null'],
    [
      'a list item',
      'tls:\n  cipherSuites:\n    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n    - NULL\n',
      '8:7: tls.cipherSuites[1]: Invalid option',
    ],
    [
      'a mistake inside a script step',
      'script:\n  onSubscribed:\n    - publish: { topic: t, payload: x, qos: 7 }\n',
      '7:45: script.onSubscribed[0].publish.qos: Invalid option',
    ],
    [
      'an unknown script step',
      'script:\n  onSubscribed:\n    - wait: 5\n',
      '7:7: script.onSubscribed[0]: expected subscribe, unsubscribe or publish',
    ],
    [
      'a missing key',
      'script:\n  onConnected:\n    - subscribe: { qos: 1 }\n',
      '7:18: script.onConnected[0].subscribe.topic: Invalid input: expected string, received undefined',
    ],
  ];

  it.each(mistakes)('%s', (_, yaml, expected) => {
    const path = file('mistake.yaml', HEAD + yaml);
    const error = refusal(path);
    expect(error.code).toBe('EMU_E_PROFILE_INVALID');
    expect(error.message.startsWith(`${path}:${expected}`), error.message).toBe(true);
    expect(error.value).toEqual([error.message]);
  });

  it('a profile without a firmware, which decides what else there is', () => {
    const path = file('bare.yaml', 'format: 1\n');
    expect(refusal(path).message).toBe(
      `${path}:1:1: firmware: expected the name of a firmware: esp32-mqtts, azure-dps`,
    );
  });

  it('a profile with a firmware and without anything else', () => {
    const path = file('bare.yaml', 'format: 1\nfirmware: esp32-mqtts\n');
    expect(refusal(path).message).toBe(`${path}:1:1: name: Invalid input: expected string, received undefined`);
    expect(refusal(path).value).toHaveLength(9);
  });

  it('and all of them are listed, the first as the message', () => {
    const path = file('many.yaml', `${HEAD}mqtt: { keepAliveSeconds: -1, x: 1 }\nsensor:\n  address: 3\n`);
    const error = refusal(path);
    expect(error.value).toHaveLength(3);
    expect(error.value).toContain(error.message);
    expect(error.hint).toMatch(/^2 more: /);
  });
});

describe('a value that makes no sense', () => {
  const GAP = 'mqtt.reconnect: a device that is refused would dial again after';
  const ALIVE = 'a read that waits longer than keepAliveSeconds';
  const WILDCARD = 'a wildcard stands alone in its level (/+/), and # in the last one';
  const subscribe = (topic: string) => `script: { onConnected: [{ subscribe: { topic: ${topic}, qos: 0 } }] }\n`;
  const TOPIC = '5:47: script.onConnected[0].subscribe.topic';

  const senseless: [yaml: string, ...expected: string[]][] = [
    ['tls: { maxRecordBytes: 1 }\n', '5:24: tls.maxRecordBytes: Too small: expected number to be >=512'],
    ['tls: { cipherSuites: [] }\n', '5:22: tls.cipherSuites: Too small'],
    ['tls: { curves: [secp256r1, secp256r1] }\n', '5:16: tls.curves: each curve is offered once'],
    ['mqtt: { networkTimeoutMs: 0 }\n', '5:27: mqtt.networkTimeoutMs: Too small: expected number to be >=1'],
    ['mqtt: { reconnect: { waitMs: 0, stepMs: 1 } }\n', `5:20: ${GAP} 1 ms; 100 ms is the least`],
    ['mqtt: { reconnect: { waitMs: 49, stepMs: 49 } }\n', `5:20: ${GAP} 98 ms; 100 ms is the least`],
    [
      'mqtt: { networkTimeoutMs: 0, reconnect: { waitMs: 0, stepMs: 10 } }\n',
      '5:27: mqtt.networkTimeoutMs: Too small',
      `5:41: ${GAP} 10 ms`,
    ],
    [
      'mqtt: { keepAliveSeconds: 1, readPollMs: 1001 }\n',
      `5:42: mqtt.readPollMs: ${ALIVE} (1) keeps no connection alive`,
    ],
    ['mqtt: { keepAliveSeconds: 0 }\n', '5:27: mqtt.keepAliveSeconds: Too small'],
    ['mqtt: { keepAliveSeconds: 65536 }\n', '5:27: mqtt.keepAliveSeconds: Too big'],
    [
      'mqtt: { keepAliveSeconds: "120" }\n',
      '5:27: mqtt.keepAliveSeconds: Invalid input: expected number, received string',
    ],
    ['mqtt: { keepAliveSeconds: .nan }\n', '5:27: mqtt.keepAliveSeconds: Invalid input: expected number, received NaN'],
    ['telemetry: { periodMs: .inf }\n', '5:24: telemetry.periodMs: Invalid input: expected number'],
    ['telemetry: { periodMs: -1 }\n', '5:24: telemetry.periodMs: Too small: expected number to be >=1'],
    ['telemetry: { settleMs: 1e9 }\n', '5:24: telemetry.settleMs: Too big'],
    ['telemetry: { qos: 3 }\n', '5:19: telemetry.qos: Invalid option'],
    [subscribe('a#b'), `${TOPIC}: ${WILDCARD}`],
    [subscribe('a/#/b'), `${TOPIC}: ${WILDCARD}`],
    [subscribe('a+/b'), `${TOPIC}: ${WILDCARD}`],
    [subscribe('"a\\0b"'), `${TOPIC}: U+0000 would end the text`],
    [subscribe('"a\\ud800b"'), `${TOPIC}: half a character (a lone surrogate)`],
    [subscribe('"a/{deviceId}"'), `${TOPIC}: the only placeholder is {clientId}`],
    [subscribe('"a/{clientid}"'), `${TOPIC}: the only placeholder is {clientId}`],
    [subscribe('"a/{clientId"'), `${TOPIC}: the only placeholder is {clientId}`],
    [subscribe('"{client Id}/a"'), `${TOPIC}: the only placeholder is {clientId}`],
    [subscribe('""'), `${TOPIC}: Too small`],
    ['telemetry: { topic: "a\\0" }\n', '5:21: telemetry.topic: U+0000 would end the text'],
    [`telemetry: { topic: '{id}' }\n`, '5:21: telemetry.topic: the only placeholder is {clientId}'],
    ['telemetry: { payload: "%f\\0%f%f" }\n', '5:23: telemetry.payload: U+0000 would end the text'],
    ['telemetry: { payload: none }\n', '5:23: telemetry.payload: expected exactly three conversions'],
    [
      'mqtt: { clientIdPrefix: "a/#" }\n',
      '5:25: mqtt.clientIdPrefix: a client id stands in topics: it has no +, # or /',
    ],
    ['mqtt: { clientIdPrefix: éééééééééé }\n', '5:25: mqtt.clientIdPrefix: expected at most 17 bytes'],
    [
      'script: { onSubscribed: [{ subscribe: { topic: a, qos: 0 } }] }\n',
      '5:39: script.onSubscribed[0].subscribe: a subscribe here never ends: its SUBACK leads here again',
    ],
    [
      `script: { onConnected: [{ publish: { topic: t, payload: ${'x'.repeat(1019)}, qos: 0 } }] }\n`,
      '5:36: script.onConnected[0].publish: its packet takes 1025 bytes of mqtt.bufferBytes (1024): it would never be sent',
    ],
    [
      `script: { onConnected: [{ subscribe: { topic: ${'t'.repeat(1000)}, qos: 0 } }] }\nmqtt: { bufferBytes: 1007 }\n`,
      '5:38: script.onConnected[0].subscribe: its packet takes 1008 bytes of mqtt.bufferBytes (1007)',
    ],
    [
      // 3 and 2 bytes before a topic of 1, then 3 numbers of 8.
      `telemetry: { topic: t, payload: '${'x'.repeat(35)}%f%f%f' }\nmqtt: { bufferBytes: 64 }\nscript: { onConnected: [], onSubscribed: [] }\n`,
      '5:33: telemetry.payload: its packet takes 65 bytes of mqtt.bufferBytes (64)',
    ],
    ['certificates: { organization: "a\\tb" }\n', '5:31: certificates.organization: a name has no control characters'],
    ['sensor: { address: 0x40 }\n', '5:20: sensor.address: a BME280 is at 0x76 or 0x77'],
    ['mqtt: { cleanSession: true, cleanSession: true }\n', '5:29: Map keys must be unique'],
  ];

  it.each(senseless)('%j', (yaml, ...expected) => {
    const path = file('senseless.yaml', HEAD + yaml);
    const problems = refusal(path).value as string[];
    expect(problems).toHaveLength(expected.length);
    for (const [index, problem] of expected.entries()) {
      expect(problems[index]?.startsWith(`${path}:${problem}`), problems[index]).toBe(true);
    }
  });

  it('is none less where the value comes from the profile that is extended', () => {
    const base = file('senseless-base.yaml', `${HEAD}tls: { maxRecordBytes: 1 }\n`);
    const path = file(
      'innocent.yaml',
      'extends: ./senseless-base.yaml\nmqtt: { reconnect: { waitMs: 0, stepMs: 1 } }\n',
    );
    const [first, second] = refusal(path).value as string[];
    expect(first).toContain(`${path}:2:20: ${GAP} 1 ms`);
    expect(second).toContain(`${base}:5:24: tls.maxRecordBytes: Too small`);
  });

  const sensible: [yaml: string][] = [
    ['mqtt: { reconnect: { waitMs: 0, stepMs: 100 } }\n'],
    ['mqtt: { keepAliveSeconds: 1, readPollMs: 1000 }\n'],
    ['mqtt: { clientIdPrefix: "" }\n'],
    ['mqtt: { clientIdPrefix: 17.bytes.in.utf8_ }\n'],
    [`script: { onConnected: [{ publish: { topic: t, payload: ${'x'.repeat(1018)}, qos: 0 } }] }\n`],
    [subscribe('"+/{clientId}/#"')],
    [subscribe('"#"')],
    ['tls: { maxRecordBytes: 512 }\n'],
    ['sensor: { address: 0x77 }\n'],
  ];

  it.each(sensible)('but %j is accepted', (yaml) => {
    expect(loadProfile(file('sensible.yaml', HEAD + yaml)).name).toBe('mine');
  });

  it('every mistake is found at once, of slots and buffers too, in the order of the file', () => {
    const yaml = [
      'mqtt: { bufferBytes: 100, networkTimeoutMs: 0, readPollMs: 200000, x: 1 }',
      'chip: { deviceKeySlot: 4, busClockHz: 1 }',
      `script: { onSubscribed: [{ publish: { topic: t, payload: ${'x'.repeat(100)}, qos: 0 } }, { wait: 3 }] }`,
      'certificates: { organization: 7, slots: { rootPublicKey: 14 } }',
      '',
    ].join('\n');
    const path = file('everything.yaml', HEAD + yaml);
    const mine = (refusal(path).value as string[]).filter((problem) => problem.startsWith(path));
    const problems = mine.map((problem) =>
      problem
        .slice(path.length + 1)
        .split(': ')
        .slice(0, 2)
        .join(' '),
    );
    expect(problems).toEqual([
      ...['5:45 mqtt.networkTimeoutMs', '5:60 mqtt.readPollMs', '5:68 mqtt.x'],
      ...['6:24 chip.deviceKeySlot', '6:39 chip.busClockHz', '7:172 script.onSubscribed[1]'],
      ...['8:31 certificates.organization', '8:58 certificates.slots.rootPublicKey'],
    ]);
  });
});

describe('a chip that could not be provisioned', () => {
  const impossible: [title: string, yaml: string, ...expected: string[]][] = [
    [
      'a slot of 36 bytes for a certificate',
      'certificates:\n  slots: { compressedDevice: 6 }\n',
      '6:30: certificates.slots.compressedDevice: expected a slot from 8 to 15: those below have 36 bytes',
    ],
    [
      'one slot for two parts of the certificates',
      'certificates:\n  slots: { compressedDevice: 13, signerRecord: 13 }\n',
      '6:30: certificates.slots.compressedDevice: slot 13 is that of certificates.slots.signerRecord too',
      '6:48: certificates.slots.signerRecord: slot 13 is that of certificates.slots.compressedDevice too',
    ],
    [
      "the device key's slot for a certificate",
      'chip:\n  deviceKeySlot: 9\ncertificates:\n  slots: { rootPublicKey: 9 }\n',
      '6:18: chip.deviceKeySlot: slot 9 is that of certificates.slots.rootPublicKey too',
      '8:27: certificates.slots.rootPublicKey: slot 9 is that of chip.deviceKeySlot too',
    ],
    [
      "the IO protection key's slot for a certificate",
      'chip:\n  ioProtectionSlot: 13\ncertificates:\n  slots: { signerPublicKey: 13 }\n',
      '6:21: chip.ioProtectionSlot: slot 13 is that of certificates.slots.signerPublicKey too',
      '8:29: certificates.slots.signerPublicKey: slot 13 is that of chip.ioProtectionSlot too',
    ],
    [
      'a spare key over the device key',
      'chip:\n  deviceKeySlot: 5\n  spareKeySlots: [5]\n',
      '6:18: chip.deviceKeySlot: slot 5 is that of chip.spareKeySlots too',
      '7:18: chip.spareKeySlots: slot 5 is that of chip.deviceKeySlot too',
    ],
    [
      'the slot of a common name that is read from it',
      'certificates:\n  deviceCommonName: slot8\n  slots: { commonName: 13, signerRecord: 13 }\n',
      '7:24: certificates.slots.commonName: slot 13 is that of certificates.slots.signerRecord too',
      '7:42: certificates.slots.signerRecord: slot 13 is that of certificates.slots.commonName too',
    ],
    [
      'fields of the record over each other',
      'certificates:\n  signerRecord: { serialNumber: 30, notBefore: 0, notAfter: 45 }\n',
      '6:33: certificates.signerRecord.serialNumber: its 16 bytes overlap those of notAfter',
      '6:61: certificates.signerRecord.notAfter: its 13 bytes overlap those of serialNumber',
    ],
  ];

  it.each(impossible)('%s', (_, yaml, ...expected) => {
    const path = file('impossible.yaml', HEAD + yaml);
    expect(refusal(path).value).toEqual(expected.map((problem) => `${path}:${problem}`));
  });

  const possible: [title: string, yaml: string][] = [
    ['the slot of a common name that is compiled in', 'certificates: { slots: { compressedDevice: 8 } }\n'],
    ['a common name in a slot of 36 bytes', 'certificates: { deviceCommonName: slot8, slots: { commonName: 5 } }\n'],
    ['fields that touch', 'certificates: { signerRecord: { serialNumber: 0, notBefore: 16, notAfter: 29 } }\n'],
  ];

  it.each(possible)('but %s is accepted', (_, yaml) => {
    expect(loadProfile(file('possible.yaml', HEAD + yaml)).name).toBe('mine');
  });
});

describe('a file that is no profile', () => {
  const texts: [title: string, yaml: string, expected: string][] = [
    ['empty', '', '1:1: a profile is a map of keys'],
    ['a list', '\n- 1\n', '2:1: a profile is a map of keys'],
    ['a duplicate key', 'format: 1\nname: a\nname: b\n', '3:1: Map keys must be unique'],
    ['broken YAML', 'format: 1\nname: "a\n', '3:1: Missing closing "quote'],
    ['a tab as indentation', 'mqtt:\n\tkeepAliveSeconds: 1\n', '2:1: Tabs are not allowed as indentation'],
    ['an alias', 'a: &a 1\nb: *a\n', '2:4: aliases are not part of the profile format'],
    ['an unknown tag', 'name: !secret x\n', '1:7: Unresolved tag: !secret'],
    ['two documents', 'format: 1\n---\nformat: 1\n', '2:1: Source contains multiple documents'],
  ];

  it.each(texts)('%s', (_, yaml, expected) => {
    const path = file('text.yaml', yaml);
    expect(refusal(path).message.startsWith(`${path}:${expected}`), refusal(path).message).toBe(true);
  });

  it('an alias bomb', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`;
    const path = file(
      'bomb.yaml',
      `a: &a [x]\n${[...'bcdefghij'].map((name, i) => level(name, 'abcdefghi'[i] ?? '')).join('')}`,
    );
    expect(refusal(path).code).toBe('EMU_E_PROFILE_INVALID');
  });

  it('nested without end', () => {
    expect(refusal(file('deep.yaml', '['.repeat(20_000))).code).toBe('EMU_E_PROFILE_INVALID');
  });

  it('a key named __proto__', () => {
    expect(refusal(file('proto.yaml', `${HEAD}__proto__: { polluted: 1 }\nmqtt: { __proto__: { x: 1 } }\n`)).code).toBe(
      'EMU_E_PROFILE_INVALID',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('not UTF-8', () => {
    const path = file('latin1.yaml', Uint8Array.of(0x6e, 0x3a, 0x20, 0xe9, 0x0a));
    expect(refusal(path)).toMatchObject({
      code: 'EMU_E_PROFILE_FILE',
      message: `the profile ${path} is not UTF-8 text`,
    });
  });

  it('a directory', () => {
    const path = join(directory, 'folder.yaml');
    mkdirSync(path);
    expect(refusal(path)).toMatchObject({
      code: 'EMU_E_PROFILE_FILE',
      message: `cannot read the profile ${path}: it is a directory`,
    });
  });

  it('missing', () => {
    const path = join(directory, 'missing.yaml');
    expect(refusal(path)).toMatchObject({
      code: 'EMU_E_PROFILE_FILE',
      message: `cannot read the profile ${path}: there is no such file`,
    });
  });

  it('an unknown name lists the shipped ones', () => {
    const error = refusal('esp32-mqtt');
    expect(error).toMatchObject({ code: 'EMU_E_PROFILE_UNKNOWN', message: 'there is no profile named "esp32-mqtt"' });
    expect(error.hint).toContain('esp32-mqtts, esp32-mqtts-shared');
  });
});
