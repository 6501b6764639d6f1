import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedProfiles } from '../../../src/base/index.ts';
import { optionsOf } from '../../../src/cli/command/common-options.ts';
import { parseCommandLine } from '../../../src/cli/command-line/parse.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { emu, startEmu } from '../../support/emu-in-process.ts';

/** What the shell's script is told when TAB is pressed at the end of `line`. */
function completions(...line: string[]): string[] {
  const invocation = parseCommandLine(['--get-yargs-completions', 'emu', ...line]);
  if (!('print' in invocation)) throw new Error('nothing was printed');
  return invocation.print.split('\n').filter((text) => text !== '');
}

describe('completion', () => {
  test('of commands', () => {
    expect(completions('')).toEqual(
      expect.arrayContaining([...new Set(COMMANDS.map(({ words }) => words[0])), 'completion']),
    );
  });

  test.each(COMMANDS.filter(({ words }) => words[1] !== undefined).map(({ words }) => words.map(String)))(
    'of emu %s %s',
    (group, word) => {
      expect(completions(String(group), '')).toContain(String(word));
    },
  );

  test.each(COMMANDS.map((command) => [command.words.join(' '), command] as const))(
    'of the options of emu %s',
    (_, command) => {
      const words = command.words.filter((word) => word !== undefined);
      const expected = Object.keys(optionsOf(command)).map((name) => `--${name}`);
      expect(completions(...words, '--')).toEqual(expect.arrayContaining(expected));
    },
  );

  test('of what is not there yet', () => {
    expect(completions('run', '--count', '5', '--')).not.toContain('--count');
  });

  test('of profiles and other values', () => {
    expect(completions('run', '--profile', '')).toEqual(shippedProfiles());
    expect(completions('run', '--profile', 'esp32-mqtts-')).toEqual(['esp32-mqtts-shared']);
    expect(completions('run', '--count', '3', '--pace', 'h')).toEqual(['hardware']);
  });

  test('of files is left to the shell', () => {
    expect(completions('run', '--ca-key', '')).toEqual([]);
  });
});

describe('the script', () => {
  let bin: string;
  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'emu-completion-'));
    symlinkSync(join(import.meta.dirname, '../../../dist/src/cli/emu.js'), join(bin, 'emu'));
  });
  afterAll(() => rmSync(bin, { recursive: true }));

  test('completes in bash', () => {
    // The built program by the name `emu`, as npm links it.
    const link = `emu() { "${process.execPath}" "${join(bin, 'emu')}" "$@"; }`;
    const press = `COMP_WORDS=(emu run --profile esp32-mqtts-); COMP_CWORD=3; _emu_yargs_completions; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', `${link}; source <(emu completion); ${press}`], {
      encoding: 'utf8',
      env: { ...process.env, SHELL: '/bin/bash' },
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'esp32-mqtts-shared\n', stderr: '' });
  });

  test('comes alone: what stands behind it is help, or refused', async () => {
    expect((await emu('completion', '--help')).stdout).toMatch(/^emu completion\n\nPrints the completion script/);
    for (const more of ['bogus', '--bogus']) {
      const { code, stdout, stderr } = await emu('completion', more);
      expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', `emu: unexpected "${more}" after emu completion`]);
    }
  });

  test.each(['/usr/bin/fish', 'tcsh', '/usr/bin/nu'])('is for bash and zsh, and not for %s', async (SHELL) => {
    const { code, stdout, stderr } = await startEmu(['completion'], { environment: { SHELL } }).ended;
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([
      2,
      '',
      `emu: there is no completion script for the shell ${SHELL}`,
    ]);
  });

  test.each(['', '/bin/bash', '/bin/sh', 'zsh'])('is there where SHELL is "%s"', async (SHELL) => {
    const { code, stdout } = await startEmu(['completion'], { environment: { SHELL } }).ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('emu completion')]);
  });

  test('is for zsh where that is the shell', () => {
    const { stdout } = spawnSync(process.execPath, [join(bin, 'emu'), 'completion'], {
      encoding: 'utf8',
      env: { ...process.env, SHELL: '/usr/bin/zsh' },
    });
    expect(stdout).toMatch(/^#compdef emu$/m);
  });
});
