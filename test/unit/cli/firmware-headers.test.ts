import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emu } from '../../support/emu-in-process.ts';

const root = join(import.meta.dirname, '../../..');
const tables = (name: string) => readFileSync(join(root, `firmware/profiles/${name}.c`), 'utf8');

test('emu firmware headers prints the tables of the profile', async () => {
  expect(await emu('firmware', 'headers')).toEqual({ code: 0, stdout: tables('esp32-mqtts'), stderr: '' });
});

test('--out writes them into a file, again and again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'emu-headers-'));
  try {
    const file = join(directory, 'profile.c');
    for (const name of ['esp32-mqtts', 'azure-dps']) {
      const said = await emu('firmware', 'headers', '--profile', name, '--out', file);
      expect(said).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(readFileSync(file, 'utf8')).toBe(tables(name));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('--interval is the period of the loop', async () => {
  expect((await emu('firmware', 'headers', '--interval', '1s')).stdout).toContain('.period_ms = 960u,');
});

test('what cannot be made is said', async () => {
  const newer = await emu('firmware', 'headers', '--profile', 'azure-dps-2026');
  expect(newer).toMatchObject({ code: 104, stdout: '' });
  expect(newer.stderr).toMatch(/telemetryClient is azure-sdk, it has esp-mqtt alone\n.*\n.*EMU_E_PROFILE_FIRMWARE/);
  const nowhere = await emu('firmware', 'headers', '--out', '/nowhere/profile.c');
  expect(nowhere).toMatchObject({ code: 2, stdout: '' });
  expect(nowhere.stderr).toContain('--out: cannot write /nowhere/profile.c: ');
});
