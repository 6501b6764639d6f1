import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function firstBlock(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(readme)?.[1] ?? '';
}

test("the README's library example prints what stands below it", () => {
  // Inside the package, where `twinfleet/…` means this package by its own exports.
  mkdirSync(join(root, 'build'), { recursive: true });
  const directory = mkdtempSync(join(root, 'build/readme-'));
  try {
    const example = join(directory, 'example.mjs');
    writeFileSync(example, firstBlock('js'));
    expect(execFileSync(process.execPath, [example], { encoding: 'utf8' })).toBe(firstBlock('text'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('the README stays short enough to be read', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(120);
});

test("the README names no directory of someone's machine, and no page that is not there", () => {
  expect(readme).not.toMatch(/(?<![\w.:])\/(?:tmp|home|root|work|var)\//);
  const linked = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => path);
  expect(linked.length).toBeGreaterThan(0);
  expect(linked.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
