import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');

test('the examples of docs/host.md run as they stand, one behind the other, and print what the page says', () => {
  const page = readFileSync(join(root, 'docs/host.md'), 'utf8');
  const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, example]) => example);
  const [, printed] = /It prints `(.*?)`/.exec(page) ?? [];
  const directory = mkdtempSync(join(tmpdir(), 'emu-host-'));
  try {
    // As a program that has the package installed: the built code, by the names that package.json exports.
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(root, join(directory, 'node_modules/twinfleet'));
    writeFileSync(join(directory, 'example.mjs'), examples.join('\n'));
    const output = execFileSync(process.execPath, [join(directory, 'example.mjs')], { encoding: 'utf8' });
    expect(output).toBe(`${printed}\n39.08 0\n32\n`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
