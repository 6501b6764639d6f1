import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rootRng } from '../../../emulator/rng/index.ts';
import { createCa } from '../../../src/factory/index.ts';
import { loadProfile } from '../../../src/profile/index.ts';
import { beginRun, inspectDevice, listFleet, PersistentFleet } from '../../../src/store/index.ts';
import { type Ended, emu } from '../../support/emu-in-process.ts';
import { limited } from '../../support/limited.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/src/cli/emu.js');
const COUNT = 8;
/** Says the code with which a fleet does not open, or no run of it begins; for another user, or with less room. */
const OPEN = `
  const { beginRun, PersistentFleet } = await import(process.argv[1]);
  try {
    const fleet = await PersistentFleet.open(process.argv[2]);
    try {
      await beginRun(process.argv[2]);
    } finally {
      await fleet.close();
    }
  } catch ({ code }) {
    console.log(code);
  }`;
const STORE = new URL('../../../dist/src/store/index.js', import.meta.url).href;

let scratch: string;
let original: string;
/** A copy of the fleet for every test. */
let fleet: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-fleet-'));
  original = join(scratch, 'original');
  await makeFleet(original, COUNT);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => {
  fleet = mkdtempSync(join(scratch, 'fleet-'));
  cpSync(original, fleet, { recursive: true });
});
afterEach(() => rmSync(fleet, { recursive: true, force: true }));

/** Everything in the directory but LMDB's table of readers, for nothing may be written there. */
function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => name !== 'chips.mdb-lock' && statSync(join(directory, name)).isFile())
      .map((name) => [name, readFileSync(join(directory, name)).toString('base64')]),
  );
}

describe('a fleet in its directory', () => {
  test('has its devices, complete, by the numbers that its seed gives them', async () => {
    const { devices, file } = await listFleet(fleet);
    expect(devices.map(({ device }) => device)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(devices.map(({ serialNumber }) => serialNumber)).size).toBe(COUNT);
    expect(file.profile.name).toBe('esp32-mqtts');
    const again = join(scratch, 'again');
    await makeFleet(again, 2);
    expect((await listFleet(again)).devices).toEqual(devices.slice(0, 2));
  });

  test('keeps private keys from everyone but its owner', () => {
    for (const name of ['keys.yaml', 'chips.mdb']) expect(statSync(join(fleet, name)).mode & 0o077, name).toBe(0);
    expect(readFileSync(join(fleet, 'fleet.yaml'), 'utf8')).not.toContain('PRIVATE KEY');
  });

  test('shows a device by its number, its serial number and its client id', async () => {
    const byNumber = await inspectDevice(fleet, '3');
    expect(byNumber?.locks).toEqual({ configuration: true, data: true });
    expect(byNumber?.counters).toEqual([0, 0]);
    expect(byNumber?.chain).toHaveLength(3);
    expect(byNumber?.slots[0]).toEqual({
      slot: 0,
      meaning: 'device key, signs in the handshake',
      holds: 'private key',
      locked: false,
    });
    expect(await inspectDevice(fleet, byNumber?.serialNumber ?? '')).toEqual(byNumber);
    expect(await inspectDevice(fleet, byNumber?.clientId ?? '')).toEqual(byNumber);
    expect(await inspectDevice(fleet, '8')).toBeUndefined();
  });

  test('draws other random numbers in every run, and the same where seed and number of the run are', async () => {
    const draw = async (directory: string) => {
      const randomness = rootRng(await beginRun(directory));
      return Buffer.from(randomness.fork('device', 0).bytes(16)).toString('hex');
    };
    const runs = [await draw(fleet), await draw(fleet)];
    expect(runs[1]).not.toBe(runs[0]);
    const copy = join(scratch, 'copy');
    cpSync(original, copy, { recursive: true });
    expect([await draw(copy), await draw(copy)]).toEqual(runs);
  });
});

describe('making', () => {
  test('leaves nothing where the CA is refused', async () => {
    const directory = join(scratch, 'refused');
    const ca = () =>
      createCa({
        rng: rootRng('x'),
        now: new Date(),
        names: loadProfile('esp32-mqtts').certificates,
        years: 99,
      });
    await expect(makeFleet(directory, 1, { ca })).rejects.toMatchObject({ code: 'EMU_E_CA_YEARS' });
    expect(existsSync(directory)).toBe(false);
  });

  test('goes on after an interruption, and ends with the fleet that no interruption would have made', async () => {
    const directory = join(scratch, 'interrupted');
    const interrupt = new AbortController();
    const first = await makeFleet(directory, 70, { signal: interrupt.signal, onProgress: () => interrupt.abort() });
    expect(first.made).toBeGreaterThan(0);
    expect(first.made).toBeLessThan(70);
    await expect(PersistentFleet.open(directory)).rejects.toMatchObject({ code: 'EMU_E_FLEET_INCOMPLETE' });
    const before = await inspectDevice(directory, '0');

    const second = await makeFleet(directory, 70);
    expect(second).toMatchObject({ before: first.made, made: 70 });
    expect(await inspectDevice(directory, '0')).toEqual(before);
    expect((await listFleet(directory)).devices.slice(0, COUNT)).toEqual((await listFleet(fleet)).devices);
  });

  test.each([
    [{ count: 9 }, 'it has 8 devices, not 9'],
    [{ seed: 'another' }, 'it has another seed'],
  ])('does not go on with another fleet: %o', async (difference, words) => {
    const before = contents(fleet);
    await expect(makeFleet(fleet, COUNT, difference)).rejects.toMatchObject({
      code: 'EMU_E_USAGE_FLEET',
      message: expect.stringContaining(words),
    });
    expect(contents(fleet)).toEqual(before);
  });

  test('leaves a directory alone that holds something else', async () => {
    const directory = mkdtempSync(join(scratch, 'other-'));
    writeFileSync(join(directory, 'thesis.tex'), 'years of work');
    await expect(makeFleet(directory, 1)).rejects.toMatchObject({ code: 'EMU_E_USAGE_FLEET' });
    expect(readdirSync(directory)).toEqual(['thesis.tex']);
  });

  test('starts anew what ended before there was a fleet', async () => {
    const directory = mkdtempSync(join(scratch, 'beginning-'));
    writeFileSync(join(directory, 'keys.yaml.partial'), '');
    copyFileSync(join(fleet, 'keys.yaml'), join(directory, 'keys.yaml'));
    writeFileSync(join(directory, 'chips.mdb'), 'half a');
    expect((await makeFleet(directory, 1)).made).toBe(1);
  });
});

describe('locks', () => {
  test('refuse devices that are in use, and let others run together', async () => {
    const half = await PersistentFleet.open(fleet, { index: 0, of: 2 });
    expect(half.devices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    await expect(PersistentFleet.open(fleet)).rejects.toMatchObject({
      code: 'EMU_E_FLEET_LOCKED',
      message: `devices 0 to 3 are in use by emu run (process ${process.pid})`,
    });
    const { code, stderr } = await emu('run', '--fleet', fleet, '--segment', '1/3', '--duration', '200ms');
    expect({ code, stderr }).toMatchObject({
      code: 104,
      stderr: expect.stringMatching(/^emu: devices 0 to 3 are in use/),
    });
    const other = await PersistentFleet.open(fleet, { index: 1, of: 2 });
    await Promise.all([half.close(), other.close()]);
    await (await PersistentFleet.open(fleet)).close();
  });

  test('of a process that was killed do not count', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../support/fleet-child.mjs'), 'run', fleet]);
    await once(child.stdout, 'data');
    await expect(PersistentFleet.open(fleet)).rejects.toMatchObject({ code: 'EMU_E_FLEET_LOCKED' });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(readdirSync(join(fleet, 'locks'))).toHaveLength(1);
    await (await PersistentFleet.open(fleet)).close();
    expect(readdirSync(join(fleet, 'locks'))).toEqual([]);
  });
});

describe('what is no fleet, or not this one: said in a line, exit 104, nothing written', () => {
  async function refused(code: `EMU_E_FLEET_${string}`): Promise<Ended> {
    const before = contents(fleet);
    await expect(PersistentFleet.open(fleet)).rejects.toMatchObject({ code });
    const ended = await emu('run', '--fleet', fleet, '--duration', '100ms', '--rate', '1000');
    expect(contents(fleet)).toEqual(before);
    expect(ended).toMatchObject({ code: 104, stdout: expect.not.stringContaining('connected') });
    expect(ended.stderr).toMatch(new RegExp(`^emu: [^\\n]+\\n( {5}[^\\n]+\\n)? {5}${code}\\n$`));
    return ended;
  }
  const chips = () => join(fleet, 'chips.mdb');
  /** A change by hand, which takes the checksum away. */
  const edit = (from: RegExp, to: string) => {
    const file = join(fleet, 'fleet.yaml');
    const text = readFileSync(file, 'utf8').replace(/^# checksum .*\n/, '');
    expect(text).toMatch(from);
    writeFileSync(file, text.replace(from, to));
  };

  test.each([
    ['empty', 0],
    ['shorter than a page', 1000],
    ['of one page', 4096],
    ['half of it', 20_480],
  ])('a truncated store: %s', async (_, length) => {
    truncateSync(chips(), length);
    expect((await refused('EMU_E_FLEET_DAMAGED')).stderr).toMatch(/truncated|not a store of chips/);
  });

  test('a store without its last page', async () => {
    truncateSync(chips(), statSync(chips()).size - 4096);
    expect((await refused('EMU_E_FLEET_DAMAGED')).stderr).toContain('truncated');
  });

  test('a store that is none', async () => {
    writeFileSync(chips(), Buffer.alloc(40_960, 'not a store '));
    expect((await refused('EMU_E_FLEET_DAMAGED')).stderr).toContain('this is not a store of chips');
  });

  test('no store', async () => {
    rmSync(chips());
    expect((await refused('EMU_E_FLEET_DAMAGED')).stderr).toContain('is missing');
  });

  test('the store of another fleet', async () => {
    const other = join(scratch, 'foreign');
    await makeFleet(other, COUNT, { seed: 'foreign' });
    copyFileSync(join(other, 'chips.mdb'), chips());
    expect((await refused('EMU_E_FLEET_FOREIGN')).stderr).toContain('belongs to another fleet');
    rmSync(other, { recursive: true });
  });

  test('a memory whose bits flipped', async () => {
    const bytes = readFileSync(chips());
    const { serialNumber } = (await inspectDevice(fleet, '5')) ?? {};
    const serial = Buffer.from(serialNumber ?? '', 'hex');
    // The chip's configuration begins with its serial number: this is the stored memory, not the index.
    let flipped = 0;
    for (let at = bytes.indexOf(serial.subarray(0, 4)); at >= 0; at = bytes.indexOf(serial.subarray(0, 4), at + 1)) {
      if (!bytes.subarray(at + 8, at + 13).equals(serial.subarray(4))) continue;
      bytes[at + 300] = (bytes[at + 300] ?? 0) ^ 0x10;
      flipped++;
    }
    expect(flipped).toBeGreaterThan(0);
    writeFileSync(chips(), bytes);
    expect((await refused('EMU_E_FLEET_DAMAGED')).stderr).toContain('the memory of device 5 is damaged');
  });

  test('a store with a page of zeros, wherever it is: damage, or a page that nothing needs', () => {
    const whole = readFileSync(chips());
    const copies = Array.from({ length: whole.length / 4096 - 2 }, (_, page) => {
      const copy = join(fleet, `page-${page}`);
      cpSync(original, copy, { recursive: true });
      writeFileSync(join(copy, 'chips.mdb'), Buffer.from(whole).fill(0, (page + 2) * 4096, (page + 3) * 4096));
      return copy;
    });
    // LMDB prints what it finds: a process of its own.
    const look = `
      const { inspectDevice, listFleet } = await import(process.argv[1]);
      for (const copy of process.argv.slice(2)) {
        const ends = await Promise.allSettled([listFleet(copy), inspectDevice(copy, '3')]);
        for (const { reason } of ends) console.log(reason?.code ?? reason);
      }`;
    const args = ['--input-type=module', '-e', look, STORE, ...copies];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['undefined', 'EMU_E_FLEET_DAMAGED']));
  });

  test('a newer format', async () => {
    edit(/^format: 2$/m, 'format: 3');
    expect((await refused('EMU_E_FLEET_VERSION')).stderr).toContain('has format 3, and this emu knows format 2');
  });

  test('the format before, which had no checksums', async () => {
    edit(/^format: 2$/m, 'format: 1');
    expect((await refused('EMU_E_FLEET_VERSION')).stderr).toContain('has format 1, and this emu knows format 2');
  });

  test('a fleet.yaml that is none', async () => {
    edit(/^ {2}count: .*$/m, '  count: many');
    expect((await refused('EMU_E_FLEET_DAMAGED')).stderr).toContain('devices.count');
    writeFileSync(join(fleet, 'fleet.yaml'), '{ half');
    const { stderr } = await refused('EMU_E_FLEET_DAMAGED');
    expect(stderr).toMatch(/: this is not YAML: [^\n]+ at line 1, column \d+\n/);
  });

  test('no fleet', async () => {
    rmSync(join(fleet, 'fleet.yaml'));
    const { stderr } = await refused('EMU_E_FLEET_NONE');
    expect(stderr).toContain('there is no fleet in');
    // What is there is no place for one.
    expect(stderr).toContain('--out DIR\n');
    expect((await emu('fleet', 'list', 'nowhere')).stderr).toContain('--out nowhere\n');
  });

  test.skipIf(process.getuid?.() !== 0)('a fleet that may not be written', async () => {
    // Root may write everything: the program runs as another user, to whom the fleet belongs.
    const nobody = 65_534;
    chmodSync(scratch, 0o755);
    rmSync(join(fleet, 'locks'), { recursive: true, force: true });
    for (const name of readdirSync(fleet)) {
      chownSync(join(fleet, name), nobody, nobody);
      chmodSync(join(fleet, name), 0o400);
    }
    chownSync(fleet, nobody, nobody);
    chmodSync(fleet, 0o500);
    const before = contents(fleet);
    const as = { encoding: 'utf8', uid: nobody, gid: nobody } as const;
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'run', '--fleet', fleet], as);
    expect({ status, stderr }).toMatchObject({
      status: 104,
      stderr: expect.stringMatching(
        /^emu: the fleet cannot be written: .*permission denied\n {5}[^\n]+\n {5}EMU_E_FLEET_READ_ONLY\n$/,
      ),
    });
    const part = [PROGRAM, 'fleet', 'export', fleet, '--segment', '0/2', '--out', join(fleet, 'part')];
    expect(spawnSync(process.execPath, part, as)).toMatchObject({
      status: 104,
      stderr: expect.stringContaining('and the export of a part claims them'),
    });
    const code = spawnSync(process.execPath, ['--input-type=module', '-e', OPEN, STORE, fleet], as);
    expect(code).toMatchObject({ stdout: 'EMU_E_FLEET_READ_ONLY\n', stderr: '' });
    expect(contents(fleet)).toEqual(before);
  });

  test.skipIf(process.getuid?.() !== 0)('a fleet whose file of locks may not be written', async () => {
    await listFleet(fleet);
    chmodSync(scratch, 0o755);
    for (const name of ['', 'chips.mdb', 'fleet.yaml']) chownSync(join(fleet, name), 65_534, 65_534);
    chmodSync(join(fleet, 'chips.mdb-lock'), 0o644);
    const as = { encoding: 'utf8', uid: 65_534, gid: 65_534 } as const;
    const run = (...command: string[]) => spawnSync(process.execPath, [PROGRAM, ...command], as);
    expect(run('fleet', 'list', fleet)).toMatchObject({ status: 0, stderr: '' });
    expect(run('run', '--fleet', fleet)).toMatchObject({
      status: 104,
      stderr: expect.stringMatching(/^emu: the fleet cannot be written: \S+chips\.mdb-lock: permission denied\n/),
    });
  });

  test.skipIf(process.getuid?.() !== 0)("a fleet of another user's", () => {
    chmodSync(scratch, 0o755);
    chmodSync(fleet, 0o755);
    const as = { encoding: 'utf8', uid: 65_534, gid: 65_534 } as const;
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'fleet', 'list', fleet], as);
    expect({ status, stderr }).toMatchObject({
      status: 104,
      stderr: expect.stringMatching(/^emu: cannot read \S+chips\.mdb: permission denied\n {5}Check the permissions/),
    });
    const code = () => spawnSync(process.execPath, ['--input-type=module', '-e', OPEN, STORE, fleet], as);
    expect(code()).toMatchObject({ stdout: 'EMU_E_FLEET_UNREADABLE\n', stderr: '' });
    chmodSync(join(fleet, 'fleet.yaml'), 0o600);
    expect(code()).toMatchObject({ stdout: 'EMU_E_FLEET_UNREADABLE\n', stderr: '' });
  });
});

describe('a full disk', () => {
  const REFUSED =
    /^emu: cannot write \S+chips\.mdb(-lock)?: [^\n]+\n {5}[^\n]*same command again\.\n {5}EMU_E_STORE_WRITE\n$/;

  test('ends the making with a clear line, and the making goes on when there is room', async () => {
    const directory = join(scratch, 'full');
    const command = ['fleet', 'create', '--count', '100', '--out', directory, '--seed', 'full'];
    // The store of 100 devices takes more.
    expect(limited(200, PROGRAM, ...command)).toMatchObject({ status: 1, stderr: expect.stringMatching(REFUSED) });
    const { devices } = await listFleet(directory);
    expect(devices.length).toBeLessThan(100);
    expect((await emu(...command)).code).toBe(0);
    expect((await listFleet(directory)).devices).toHaveLength(100);
  });

  test.each([
    ['locks', 8],
    ['store', 16],
    ['first devices', 66],
  ])('that has no room for the %s ends a beginning with a clear line', (_, kibibytes) => {
    const directory = join(scratch, 'beginning');
    for (const command of [
      ['fleet', 'create', '--count', '40', '--out', directory],
      ['fleet', 'export', fleet, '--segment', '0/1', '--out', directory],
      ['board', '--state', directory],
    ]) {
      expect(limited(kibibytes, PROGRAM, ...command)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(REFUSED),
      });
      // Of a copy that failed nothing stays.
      if (command[1] === 'export') expect(existsSync(directory)).toBe(false);
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('ends what only reads where there is no file of locks yet', () => {
    rmSync(join(fleet, 'chips.mdb-lock'), { force: true });
    expect(limited(8, PROGRAM, 'fleet', 'list', fleet)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(REFUSED),
    });
    expect(readdirSync(fleet)).not.toContain('chips.mdb-lock');
  });
});

test('the file of locks has its blocks before LMDB maps it', async () => {
  const lock = join(fleet, 'chips.mdb-lock');
  rmSync(lock, { force: true });
  await listFleet(fleet);
  const { blocks, size } = statSync(lock);
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
  expect(readdirSync(fleet).filter((name) => name.startsWith('chips.mdb'))).toEqual(['chips.mdb', 'chips.mdb-lock']);
});

test('no run begins of a fleet whose store takes no write', () => {
  // One block of 1 KiB: the claim on the devices fits, no page of the store does.
  expect(limited(1, '--input-type=module', '-e', OPEN, STORE, fleet)).toMatchObject({
    status: 0,
    stdout: 'EMU_E_STORE_WRITE\n',
  });
  expect(readdirSync(join(fleet, 'locks'))).toEqual([]);
});

describe('a run whose chips cannot be stored', () => {
  const run = (kibibytes: number) =>
    limited(kibibytes, PROGRAM, 'run', '--fleet', fleet, '--duration', '20s', '--rate', '1000');
  const REFUSED = /emu: cannot write \S+chips\.mdb: [^\n]+\n {5}[^\n]+\n {5}EMU_E_STORE_WRITE\n$/;
  const size = () => Math.floor(statSync(join(fleet, 'chips.mdb')).size / 1024);

  test('does not begin when it cannot be counted', () => {
    const { status, stdout, stderr } = run(size());
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(REFUSED) });
    expect(stdout).not.toContain('embedded broker:');
  });

  test.each([1, 2, 3, 4])('ends with a clear line when there are %i pages more than its beginning takes', (pages) => {
    const before = size();
    // The first page is the one that counting the run takes.
    const { status, stdout, stderr } = run(before + 4 * pages);
    expect(stdout).toContain('embedded broker:');
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(REFUSED) });
    expect(stderr).not.toMatch(/^ +at /m);
    expect(readdirSync(join(fleet, 'locks'))).toEqual([]);
  });
});

test('a shard is a fleet of its own, with its devices and without the keys of the CAs', async () => {
  const shard = join(scratch, 'shard');
  const { code, stdout } = await emu('fleet', 'export', fleet, '--segment', '1/2', '--out', shard);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${shard}: devices 4 to 7; run them: emu run --fleet ${shard}\n`,
  });
  expect(readdirSync(shard).sort()).toEqual(['chips.mdb', 'chips.mdb-lock', 'fleet.yaml']);
  expect((await listFleet(shard)).devices).toEqual((await listFleet(fleet)).devices.slice(4));
  const kept = await PersistentFleet.open(shard, { index: 1, of: 2 });
  expect(kept.devices.map(({ index }) => index)).toEqual([6, 7]);
  await kept.close();
});
