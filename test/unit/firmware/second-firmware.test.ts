import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { shippedProfileFile } from '../../../src/base/index.ts';
import { emu } from '../../support/emu-in-process.ts';

// A second firmware is its folder and this: two lines in the union. Everything else is the program as it is.
vi.mock('../../../emulator/firmware/firmwares.ts', async () => {
  const { z } = await import('zod');
  const { esp32Mqtts, esp32MqttsProfile } = await import('../../../emulator/firmware/esp32-mqtts/index.ts');
  const { toy, toyProfile } = await import('../../support/toy-firmware/index.ts');
  const firmwares = { 'esp32-mqtts': esp32Mqtts, toy };
  return {
    profileSchema: z.discriminatedUnion('firmware', [esp32MqttsProfile, toyProfile]),
    firmwareOf: ({ firmware }: { firmware: keyof typeof firmwares }) => firmwares[firmware],
  };
});

const directory = mkdtempSync(join(tmpdir(), 'toy-'));
afterAll(() => rmSync(directory, { recursive: true }));
const profile = join(directory, 'toy.yaml');
const { format, chip, certificates, tls } = parse(readFileSync(shippedProfileFile('esp32-mqtts-shared'), 'utf8'));
writeFileSync(
  profile,
  stringify({
    ...{ format, name: 'toy', description: 'says that it is there', firmware: 'toy', chip, certificates, tls },
    beacon: { topic: 'toys', periodMs: 200 },
  }),
);

it('runs a fleet of a second firmware, which is a folder and a member of the union', async () => {
  const { code, stdout } = await emu(
    'run',
    '--profile',
    profile,
    '--count',
    '3',
    '--duration',
    '2s',
    '--probe',
    '--json',
  );
  const { devices, probe, messages, chip_commands } = JSON.parse(stdout);
  expect({ code, devices }).toMatchObject({ code: 0, devices: { arrived: 3, connected: 3, failed: 0 } });
  expect(probe.filters).toMatchObject([{ filter: 'toys', lost: 0, foreign: 0 }]);
  expect(probe.filters[0].delivered).toBe(messages.sent);
  // Its credentials and its handshake; it has no boot sequence of its own.
  expect(chip_commands).toBe(3 * 31);
});

it('keeps one, with the client ids of its own', async () => {
  const fleet = join(directory, 'fleet');
  expect((await emu('fleet', 'create', '--profile', profile, '--count', '2', '--out', fleet)).code).toBe(0);
  expect((await emu('fleet', 'list', fleet)).stdout).toMatch(/toy-[0-9a-f]{6}/);
  const { code, stdout } = await emu('run', '--fleet', fleet, '--duration', '1s', '--json');
  expect({ code, devices: JSON.parse(stdout).devices }).toMatchObject({ code: 0, devices: { connected: 2 } });
});
