import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { emu, startEmu } from '../../support/emu-in-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'emu-firmware-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** `emu firmware run` with a compiler that does this. */
function compiledBy(name: string, script: string) {
  const compiler = join(directory, name);
  writeFileSync(compiler, `#!/bin/sh\n[ "$1" = -v ] && exit 0\n${script}\n`);
  chmodSync(compiler, 0o755);
  const environment = { CC: compiler, XDG_CACHE_HOME: join(directory, `${name} cache`) };
  return startEmu(['firmware', 'run'], { environment }).ended;
}

test.each([
  [['--count', '0'], '--count must be a whole number of at least 1, not 0'],
  [['--count', '1001'], '--count must be at most 1000, not 1001'],
  [['--count', '2', '--console', '2'], '--console must be'],
  [['--console', 'some'], '--console must be'],
  [['--ca', 'ca.pem'], '--ca goes with --broker'],
  [['--profile', 'azure-dps', '--broker', 'mqtts://dps', '--hub', 'hub'], '--hub names hubs of the embedded cloud'],
])('%j is a mistake', async (args, message) => {
  const { code, stderr, stdout } = await emu('firmware', 'run', ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('a profile that the firmware in C does not have is refused', async () => {
  const { code, stderr } = await emu('firmware', 'run', '--profile', 'azure-dps-2026');
  expect(code).toBe(104);
  expect(stderr).toContain('EMU_E_PROFILE_FIRMWARE');
});

test('another system than Linux has no port', async () => {
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  const { code, stderr } = await emu('firmware', 'run');
  platform.mockRestore();
  expect(code).toBe(1);
  expect(stderr).toContain('EMU_E_FIRMWARE_PLATFORM');
});

test('a compiler that is missing is said, with what to install', async () => {
  const environment = { CC: 'no-such-compiler', XDG_CACHE_HOME: directory };
  const { code, stderr } = await startEmu(['firmware', 'run'], { environment }).ended;
  expect(code).toBe(1);
  expect(stderr).toBe(
    'emu: no C compiler: no-such-compiler does not run\n' +
      '     Install one: apt-get install gcc libc6-dev libmbedtls-dev; or name another in CC.\n' +
      '     EMU_E_FIRMWARE_COMPILER\n',
  );
});

test.each([
  ['header', 'tls.h:4:10: fatal error: mbedtls/ssl.h: No such file or directory'],
  ['library', '/usr/bin/ld: cannot find -lmbedtls: No such file or directory'],
])('mbedTLS whose %s is missing is said, with what to install', async (what, complaint) => {
  const { code, stderr } = await compiledBy(
    `no-${what}`,
    `echo "${complaint}\ncollect2: error: ld returned 1" >&2\nexit 1`,
  );
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot compile the firmware program: ${complaint}`);
  expect(stderr).toContain('apt-get install libc6-dev libmbedtls-dev');
  expect(stderr).toContain('EMU_E_FIRMWARE_COMPILER');
});
