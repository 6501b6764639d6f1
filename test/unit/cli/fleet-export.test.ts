import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../support/emu.ts';
import { emu } from '../../support/emu-in-process.ts';
import { limited } from '../../support/limited.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';

let scratch: string;
let fleet: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-export-'));
  fleet = join(scratch, 'fleet');
  await makeFleet(fleet, 40);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const EXPORTS = [
  ['--segment', '0/2'],
  ['--certificates'],
  ['--prove-possession', '12'],
  ['--for', 'nats', '--hostname', 'localhost'],
];

describe.each(EXPORTS.map((what) => ({ what })))('fleet export $what', ({ what }) => {
  const exported = (out: string) => ['fleet', 'export', fleet, ...what, '--out', out];

  it('refuses a directory that cannot be made, and one that is not empty', async () => {
    for (const [out, why] of [
      ['/proc/none', 'there is no such file'],
      [fleet, 'it is not empty: chips.mdb'],
    ] as const) {
      const { code, stderr } = await emu(...exported(out));
      expect(code).toBe(2);
      expect(stderr).toContain(`emu: --out: cannot write into ${out}: ${why}\n     `);
    }
  });
});

describe.each([
  // No file may grow beyond so many KiB: the certificates of the fleet, or the store of a part, take more.
  [['--segment', '0/1'], 1, 70],
  [['--certificates'], 2, 0],
])('fleet export %j that finds no room', (what, status, kibibytes) => {
  it('leaves nothing, so that the same command can be run again', async () => {
    const out = join(scratch, 'made/part');
    const command = ['fleet', 'export', fleet, ...what, '--out', out];
    expect(limited(kibibytes, program, ...command)).toMatchObject({
      status,
      stderr: expect.stringMatching(/^emu: [^\n]+size limit\n {5}Nothing|^emu: --out/),
    });
    expect(existsSync(join(scratch, 'made'))).toBe(false);
    expect(await emu(...command)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(out).length).toBeGreaterThan(0);
    rmSync(join(scratch, 'made'), { recursive: true });
  });
});

it.each(['10.0.0.300', '10.0.0', '7', 'a.b.7'])(
  'a broker at %s, which is no IPv4 address, is refused',
  async (host) => {
    const { code, stderr } = await emu('fleet', 'export', fleet, '--for', 'nats', '--hostname', host, '--out', scratch);
    expect(code).toBe(2);
    expect(stderr).toContain(`--hostname is not a name or address: "${host}"`);
  },
);

it.each(['10.0.0.30', '::ffff:10.0.0.3', 'broker7', '7.test'])('a broker at %s is not', async (host) => {
  const out = join(scratch, host);
  const { code } = await emu('fleet', 'export', fleet, '--for', 'nats', '--hostname', host, '--out', out);
  expect(code).toBe(0);
});

describe('the lines to paste', () => {
  const lines = async (hostName: string, out: string) => {
    const ended = await emu('fleet', 'export', fleet, '--for', 'mosquitto', '--hostname', hostName, '--out', out);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout.split('\n').slice(2);
  };

  it('start a broker of this machine where its files are', async () => {
    const out = join(scratch, "ada's files");
    const [what, start, , , , run] = await lines('localhost', out);
    expect(what).toBe('# starts the broker, in the foreground');
    expect(start).toBe(`(cd '${scratch}/ada'\\''s files' && PATH="$PATH:/usr/sbin" mosquitto -c mosquitto.conf)`);
    expect(run).toMatch(/^emu run --fleet \S+ --broker mqtts:\/\/localhost:8883 --ca '/);
  });

  it('copy the files of another machine there first', async () => {
    const out = join(scratch, 'deep', 'mosquitto');
    const [what, copy, where, start, check] = await lines('2001:db8::7', out);
    expect([what, copy]).toEqual(["# copies the files to the broker's machine", `scp -r ${out} [2001:db8::7]:`]);
    expect(where).toBe('# there, where they were copied to: starts the broker, in the foreground');
    expect(start).toBe('(cd mosquitto && PATH="$PATH:/usr/sbin" mosquitto -c mosquitto.conf)');
    expect(check).toMatch(/^# on this machine again: /);
  });
});

it('a part has no keys to prove the possession of', async () => {
  const part = join(scratch, 'part');
  expect(await emu('fleet', 'export', fleet, '--segment', '0/2', '--out', part)).toMatchObject({ code: 0 });
  const { code, stderr } = await emu(
    'fleet',
    'export',
    part,
    '--prove-possession',
    '12',
    '--out',
    join(scratch, 'proof'),
  );
  expect(code).toBe(104);
  expect(stderr).toContain(
    `the fleet in ${part} has no private keys of CAs, as a part of one\n     Use the whole fleet`,
  ); // EMU_E_FLEET_KEYS
  expect(existsSync(join(scratch, 'proof'))).toBe(false);
});
