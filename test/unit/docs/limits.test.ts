import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emu } from '../../support/emu-in-process.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/limits.md'), 'utf8');

test('the first example of docs/limits.md works as it stands there, here with fewer devices', async () => {
  const [, line = ''] = /^```sh\nnpx emu (.*)$/m.exec(page) ?? [];
  const smaller = line.replace(/--count \d+/, '--count 12').replace(/--duration \w+/, '--duration 2s');
  expect(smaller).not.toBe(line);
  const { code, stderr } = await emu(...smaller.split(' '), '--json');
  expect(code, stderr).toBe(0);
});
