import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  beginRun,
  exportSegment,
  inspectDevice,
  listFleet,
  PersistentFleet,
  repairFleet,
} from '../../../src/store/index.ts';
import { emu } from '../../support/emu-in-process.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';

const COUNT = 8;

let scratch: string;
let original: string;
let fleet: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-damaged-'));
  original = join(scratch, 'original');
  await makeFleet(original, COUNT);
  await beginRun(original);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => {
  fleet = mkdtempSync(join(scratch, 'fleet-'));
  cpSync(original, fleet, { recursive: true });
});
afterEach(() => rmSync(fleet, { recursive: true, force: true }));

const damaged = (words: string) => ({ code: 'EMU_E_FLEET_DAMAGED', message: expect.stringContaining(words) });
const path = (name: string) => join(fleet, name);

/** Flips a bit of a file: `offset` bytes from the beginning of each place where `mark` is, for LMDB keeps old copies. */
function flip(name: string, mark: Uint8Array | string, offset: number): void {
  const bytes = readFileSync(path(name));
  const places: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) places.push(at + offset);
  expect(places.length).toBeGreaterThan(0);
  for (const at of places) bytes[at] = (bytes[at] ?? 0) ^ 0x01;
  writeFileSync(path(name), bytes);
}

/** A change by hand: valid YAML, and no checksum. */
function change(name: string, by: (contents: ReturnType<typeof parse>) => void): void {
  const contents = parse(readFileSync(path(name), 'utf8'));
  by(contents);
  writeFileSync(path(name), stringify(contents));
}

const serialOf = async (device: string) =>
  Buffer.from((await inspectDevice(original, device))?.serialNumber ?? '', 'hex');
/** The memory begins with the first four bytes of the serial number, and has the others from byte 8 on. */
async function damageMemory(device: string): Promise<void> {
  const serial = await serialOf(device);
  const bytes = readFileSync(path('chips.mdb'));
  for (let at = bytes.indexOf(serial.subarray(0, 4)); at >= 0; at = bytes.indexOf(serial.subarray(0, 4), at + 1)) {
    if (bytes.subarray(at + 8, at + 13).equals(serial.subarray(4))) bytes[at + 300] = (bytes[at + 300] ?? 0) ^ 0x10;
  }
  writeFileSync(path('chips.mdb'), bytes);
}

describe('a bit that flipped', () => {
  test('in a MAC address, which would give two devices one client id', async () => {
    const serial = await serialOf('5');
    // Behind the whole serial number; the memory has it in two parts.
    flip('chips.mdb', serial, serial.length + 2);
    await expect(listFleet(fleet)).rejects.toMatchObject(damaged('chips.mdb: the identity of device 5 is damaged'));
    await expect(PersistentFleet.open(fleet)).rejects.toMatchObject(damaged('device 5 is lost'));
  });

  test('in the count of runs, which would repeat the random numbers of one', async () => {
    flip('chips.mdb', '"runs":', 7);
    await expect(beginRun(fleet)).rejects.toMatchObject(damaged('what the store says of itself is damaged'));
  });

  test('in the seed of the sensors, which is valid YAML still', async () => {
    flip('fleet.yaml', 'sensors: ', 9);
    await expect(listFleet(fleet)).rejects.toMatchObject(damaged('fleet.yaml: its checksum is that of another text'));
  });

  test('in the keys of the CAs', async () => {
    flip('keys.yaml', 'signer: |', 80);
    const proof = await emu('fleet', 'export', fleet, '--prove-possession', 'code', '--out', path('proof'));
    expect(proof).toMatchObject({ code: 104, stderr: expect.stringContaining('keys.yaml: the keys of the fleet') });
    expect(existsSync(path('proof'))).toBe(false);
  });
});

describe('certificates of fleet.yaml', () => {
  test('may be changed by hand in what is no certificate', async () => {
    change('fleet.yaml', (file) => {
      file.profile.telemetry.periodMs = 5000;
    });
    expect((await listFleet(fleet)).file.profile).toMatchObject({ telemetry: { periodMs: 5000 } });
  });

  test.each([
    [
      'authority.anchors.0',
      'of zeros',
      (pem: string) => pem.replace(/(.*\n)(.*)/, (_, head, line) => head + '\0'.repeat(line.length)),
    ],
    ['authority.signer', 'cut short', (pem: string) => pem.replace(/.*\n(?=-----END)/, '')],
    ['deviceTemplate', 'followed by another', (pem: string) => pem + pem],
  ])('%s %s', async (name, _, damage) => {
    change('fleet.yaml', (file) => {
      if (name === 'deviceTemplate') file.deviceTemplate = damage(file.deviceTemplate);
      else if (name === 'authority.signer') file.authority.signer = damage(file.authority.signer);
      else file.authority.anchors[0] = damage(file.authority.anchors[0]);
    });
    const ended = await emu('run', '--fleet', fleet);
    expect(ended).toMatchObject({ code: 104, stderr: expect.stringContaining(`${name}: this is not a certificate`) });
  });

  test.each(['deviceTemplate', 'authority.signer'])('%s that another CA issued', async (name) => {
    const other = join(scratch, 'other-ca');
    const [certificate] =
      (await emu('fleet', 'export', original, '--prove-possession', 'x', '--out', other)).code === 0
        ? [readFileSync(join(other, 'root-possession.pem'), 'utf8')]
        : [];
    rmSync(other, { recursive: true });
    change('fleet.yaml', (file) => {
      if (name === 'deviceTemplate') file.deviceTemplate = certificate;
      else file.authority.signer = file.deviceTemplate;
    });
    const words = `${name}: its signature is not by the certificate above it`;
    await expect(listFleet(fleet)).rejects.toMatchObject(damaged(words));
  });

  test('are not served by keys of others', async () => {
    change('keys.yaml', (keys) => {
      keys.signer = keys.root;
    });
    await expect(makeFleet(fleet, COUNT)).rejects.toMatchObject(damaged('keys.yaml'));
  });
});

test('a fleet without a seed whose keys.yaml has lost its randomness: no device is made of zeros', async () => {
  const own = path('own');
  await makeFleet(own, 1, { seed: undefined });
  const keys = parse(readFileSync(join(own, 'keys.yaml'), 'utf8'));
  delete keys.chance;
  writeFileSync(join(own, 'keys.yaml'), stringify(keys));
  await expect(makeFleet(own, 1, { seed: undefined })).rejects.toMatchObject(damaged('keys.yaml'));
});

describe('a damaged store', () => {
  test('is damaged for who continues the fleet, too', async () => {
    await damageMemory('5');
    await expect(makeFleet(fleet, COUNT)).rejects.toMatchObject(damaged('the memory of device 5 is damaged'));
  });

  test('leaves segments without the damage as they are', async () => {
    await damageMemory('5');
    const half = await PersistentFleet.open(fleet, { index: 0, of: 2 });
    await half.close();
    await exportSegment(fleet, { index: 0, of: 2 }, path('half'));
    await expect(exportSegment(fleet, { index: 1, of: 2 }, path('other'))).rejects.toMatchObject(damaged('device 5'));
  });

  test('is named with what is lost, and the way on', async () => {
    await damageMemory('2');
    await damageMemory('6');
    const { code, stderr } = await emu('run', '--fleet', fleet);
    expect(code).toBe(104);
    expect(stderr).toContain('; 2 of 8 devices are lost: 2 and 6\n');
    expect(stderr).toContain(`make the lost devices again: emu fleet repair ${fleet}\n`);
  });

  test('of a part, whose devices cannot be made there, is named with another way on', async () => {
    rmSync(path('keys.yaml'));
    await damageMemory('2');
    const { code, stderr } = await emu('fleet', 'show', fleet, '2');
    expect(code).toBe(104);
    expect(stderr).toContain('; device 2 is lost\n');
    expect(stderr).toContain('or export this part of the fleet again');
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({
      code: 104,
      stderr: expect.stringContaining('private keys'),
    });
  });
});

describe('emu fleet repair', () => {
  /** All that a device has but the signature of its certificate. */
  const unsigned = async (directory: string, device: number) => {
    const { publicKey, subject, serialNumber, validFrom } = new X509Certificate(
      (await inspectDevice(directory, String(device)))?.chain[0] ?? '',
    );
    return { subject, serialNumber, validFrom, key: publicKey.export({ type: 'spki', format: 'der' }).toString('hex') };
  };

  test('keeps what is intact to the byte, and makes the rest with the keys that it had', async () => {
    await damageMemory('2');
    await damageMemory('6');
    const before = readFileSync(path('chips.mdb'));
    const { code, stdout } = await emu('fleet', 'repair', fleet);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('6 of 8 devices are intact') });
    expect(stdout).toContain('serial numbers: 2, 6\n');
    expect((await listFleet(fleet)).devices).toEqual((await listFleet(original)).devices);
    // The run that began before still counts.
    expect((await listFleet(fleet)).runs).toBe(1);
    for (const device of [0, 1, 3, 4, 5, 7]) {
      expect(await inspectDevice(fleet, String(device))).toEqual(await inspectDevice(original, String(device)));
    }
    for (const device of [2, 6]) expect(await unsigned(fleet, device)).toEqual(await unsigned(original, device));
    expect(readFileSync(path('chips.mdb.damaged')).equals(before)).toBe(true);
    expect(statSync(path('chips.mdb.damaged')).mode & 0o777).toBe(0o600);
    expect(readdirSync(path('locks'))).toEqual([]);
    expect(existsSync(path('repair'))).toBe(false);
    await (await PersistentFleet.open(fleet)).close();
  });

  test('of a store that has lost its count of runs begins none that was', async () => {
    flip('chips.mdb', '"runs":', 7);
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({ code: 0 });
    expect((await listFleet(fleet)).runs).toBeGreaterThanOrEqual((await listFleet(original)).runs);
  });

  test.each([
    ['of zeros', (store: string) => writeFileSync(store, Buffer.alloc(statSync(store).size))],
    ['that is missing', (store: string) => rmSync(store)],
  ])('makes all of a store %s', async (_, damage) => {
    damage(path('chips.mdb'));
    expect((await emu('fleet', 'list', fleet)).stderr).toContain('all 8 devices are lost');
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({ code: 0, stdout: expect.stringContaining('0 of 8') });
    expect((await listFleet(fleet)).devices).toEqual((await listFleet(original)).devices);
    expect(await unsigned(fleet, 3)).toEqual(await unsigned(original, 3));
  });

  test('goes on after an interruption', async () => {
    await damageMemory('2');
    const interrupted = await repairFleet(fleet, { signal: AbortSignal.abort() });
    expect(interrupted).toMatchObject({ lost: [2], remade: [], damaged: path('chips.mdb.damaged') });
    await expect(PersistentFleet.open(fleet)).rejects.toMatchObject({ code: 'EMU_E_FLEET_INCOMPLETE' });
    const { signal } = new AbortController();
    expect(await repairFleet(fleet, { signal })).toMatchObject({ lost: [2], remade: [2], damaged: undefined });
    expect((await listFleet(fleet)).devices).toEqual((await listFleet(original)).devices);
  });

  test('takes nothing of the store of another fleet', async () => {
    const other = path('other');
    await makeFleet(other, COUNT, { seed: 'another' });
    cpSync(join(other, 'chips.mdb'), path('chips.mdb'));
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({
      code: 104,
      stderr: expect.stringContaining('another fleet'),
    });
    const bytes = readFileSync(path('chips.mdb'));
    writeFileSync(path('chips.mdb'), bytes.fill(0, bytes.length - 4096));
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({ code: 0, stdout: expect.stringContaining('0 of 8') });
    expect((await listFleet(fleet)).devices).toEqual((await listFleet(original)).devices);
  });

  test('leaves alone what is intact, and what somebody runs', async () => {
    const before = readFileSync(path('chips.mdb'));
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({
      code: 0,
      stdout: `${fleet}: 8 of 8 devices are intact\n`,
    });
    expect(readFileSync(path('chips.mdb')).equals(before)).toBe(true);
    const running = await PersistentFleet.open(fleet, { index: 0, of: 8 });
    expect(await emu('fleet', 'repair', fleet)).toMatchObject({ code: 104, stderr: expect.stringContaining('in use') });
    await running.close();
  });
});
