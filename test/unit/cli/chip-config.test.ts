import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedChip, toHex } from '../../support/atecc608.ts';
import { emu } from '../../support/emu-in-process.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';

let directory: string;
const chip = seedChip().chip.memory.slice(0, 128);
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-chip-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.concurrent('emu chip config', () => {
  test('goes from hexadecimal text to YAML and JSON and back', async () => {
    for (const format of ['yaml', 'json']) {
      const { code, stdout } = await emu('chip', 'config', toHex(chip), '--format', format);
      expect(code).toBe(0);
      writeFileSync(at(`config.${format}`), stdout);
      const back = await emu('chip', 'config', at(`config.${format}`), '--format', 'hex');
      expect(back.stdout.split('\n')[0]).toBe('01 23 A1 B2 00 00 60 02 C3 D4 E5 F6 EE 01 55 00');
      expect(back.stdout.replaceAll(/\s/g, '')).toBe(toHex(chip));
    }
  });

  test('takes a switch before its operand, and - for an operand like any other', async () => {
    expect(await emu('chip', 'config', '--lint', toHex(chip))).toEqual(
      await emu('chip', 'config', toHex(chip), '--lint'),
    );
    expect((await emu('chip', 'config', '-')).stderr).toMatch(/^emu: "-" is not a configuration of a chip\n/);
  });

  test('reads a file of digits, and one without the bytes that the factory writes', async () => {
    writeFileSync(at('dump.hex'), `# a dump\n${toHex(chip)}`);
    writeFileSync(at('writable.hex'), toHex(chip.subarray(16)));
    expect((await emu('chip', 'config', at('dump.hex'))).stdout).toContain('serial number      0123A1B2C3D4E5F6EE\n');
    expect((await emu('chip', 'config', at('writable.hex'), '--format', 'hex')).stdout.replaceAll(/\s/g, '')).toBe(
      `012300000000600200000000EE015500${toHex(chip.subarray(16))}`,
    );
  });

  test('decodes and checks a device of a persistent fleet', async () => {
    await makeFleet(at('fleet'), 1);
    const table = await emu('chip', 'config', `${at('fleet')}:0`);
    expect(table.code).toBe(0);
    expect(table.stdout).toContain('configuration locked, data and OTP locked');
    const lint = await emu('chip', 'config', `${at('fleet')}:0`, '--lint');
    expect(lint.stdout).toContain('slot 4: the IO protection key is written in clear\n         The IO protection key');
  });

  test('compares two, and tells by its exit code', async () => {
    const other = chip.slice();
    other[19] = 0x05;
    const { code, stdout } = await emu('chip', 'config', toHex(chip), '--diff', toHex(other));
    expect([code, stdout]).toEqual([1, 'chipMode.watchdogLong: false -> true\n']);
    const same = await emu('chip', 'config', toHex(chip), '--diff', toHex(chip), '--format', 'json');
    expect([same.code, JSON.parse(same.stdout)]).toEqual([0, { schema: 'emu-chip-diff/1', differences: [] }]);
  });

  test.each([
    [['--lint', '--diff', '00'], '--lint and --diff exclude each other'],
    [['--format', 'xml'], '--format must be one of table, hex, yaml, json, not "xml"'],
    [['--diff', '0102'], 'the hexadecimal text has 2 bytes; a configuration has 128'],
    [['--diff', 'nowhere'], '"nowhere" is not a configuration of a chip'],
    [['--diff', '.'], '. is a directory'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await emu('chip', 'config', toHex(chip), ...options);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `emu: ${message}`]);
  });

  test('points at the mistake in a file', async () => {
    writeFileSync(at('wrong.yaml'), 'schema: emu-chip-config/1\nrevNum: 12\n');
    const { code, stderr } = await emu('chip', 'config', at('wrong.yaml'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('wrong.yaml:')]);
  });
});
