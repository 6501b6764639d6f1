import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('CONTRIBUTING.md stays short enough to be read', () => {
  expect(page.split('\n').length).toBeLessThan(150);
});

test('the files and folders that CONTRIBUTING.md names are there', () => {
  const named = [...page.matchAll(/(?:\]\(|`)((?:[\w.-]+\/)+[\w.-]*)(?:\)|`)/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((path) => !path.startsWith('dist/') && !existsSync(join(root, path)))).toEqual([]);
});

test('the npm scripts that CONTRIBUTING.md names are there', () => {
  const named = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(named).toContain('test:soak');
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});
