import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { emu } from '../../support/emu-in-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'emu-profile-chip-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// KeyConfig 003C of slot 5 is no P-256 key (data sheet, 2.2.5), and no slot is if all of the configuration but I2C_Address is FF.
test.each([
  ['deviceKeySlot: 5', 'GenKey'],
  ['spareKeySlots: [5]', 'GenKey'],
  [`configuration: C0${'FF'.repeat(111)}`, 'GenKey'],
])('a chip that its profile cannot personalise is a mistake of the profile: %s', async (chip, command) => {
  const profile = join(directory, 'profile.yaml');
  writeFileSync(profile, `extends: esp32-mqtts\nchip: { ${chip} }\n`);
  for (const line of [['run'], ['fleet', 'create', '--out', join(directory, chip.slice(0, 13))]]) {
    const { code, stdout, stderr } = await emu(...line, '--count', '2', '--profile', profile, '--json');
    expect([code, JSON.parse(stdout).error.code]).toEqual([104, 'EMU_E_PROFILE_CHIP']);
    expect(stderr).toContain(
      `emu: the chip of this profile cannot be personalised: the chip answered ${command} with status 0F\n`,
    );
  }
});
