import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/command-line/index.ts';
import { resolveSettings } from '../../../src/cli/settings/index.ts';

const root = join(import.meta.dirname, '../../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];

/** The commands in the blocks of a page that are there to be copied, without comments, a list of words each. */
function commandsOf(page: string): string[][] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh)?\n(.*?)^```$/gms)].map(([, code = '']) => code);
  const lines = blocks.flatMap((code) => code.replaceAll('\\\n', ' ').split('\n'));
  // A word may be quoted; a comment stands behind a space.
  const words = (line: string) => [...line.matchAll(/(#.*)|'([^']*)'|(&&|>>|[^\s']+)/g)];
  return lines.flatMap((line) => {
    const commands: string[][] = [[]];
    for (const [, comment, quoted, plain = ''] of words(line)) {
      if (comment !== undefined) break;
      if (plain === '&&' || plain === '>>') commands.push([]);
      else commands.at(-1)?.push(quoted ?? plain);
    }
    return commands;
  });
}

const commands = pages.flatMap((page) => commandsOf(page).map((words) => ({ page, words, line: words.join(' ') })));
const calls = commands.filter(({ words }) => words[0] === 'npx' && words[1] === 'emu');

describe('commands that the pages give to copy', () => {
  test('call emu by npx, which a clone without any installation has', () => {
    expect(calls.length).toBeGreaterThan(15);
    expect(commands.filter(({ words }) => words[0] === 'emu')).toEqual([]);
  });

  test.each(calls)('$page: $line', async ({ words }) => {
    const invocation = parseCommandLine(words.slice(2));
    if ('print' in invocation) return expect(invocation.print).not.toBe('');
    const { args } = await resolveSettings(invocation.command, invocation.args, {});
    for (const [name, { check }] of Object.entries(invocation.command.options)) {
      if (typeof args[name] === 'string') check?.(args[name]);
    }
  });
});
