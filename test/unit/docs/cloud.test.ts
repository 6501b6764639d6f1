import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLOUD } from '../../../src/cli/cloud/index.ts';
import { ROUTES } from '../../../src/cloud/api/routes.ts';
import { startEmu } from '../../support/emu-in-process.ts';
import { requireProgram } from '../../support/interop.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/cloud.md'), 'utf8');
const curl = requireProgram('curl', ['--version']);
const openssl = requireProgram('openssl', ['version']);

/** The lines of the page's shell blocks that are not emu's, in order. */
function shellLines(): string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = '']) => code);
  return blocks.flatMap((code) => code.trim().split('\n')).filter((line) => !line.startsWith('npx emu'));
}

test.skipIf(curl === undefined || openssl === undefined)('the calls of docs/cloud.md work as they stand', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'emu-docs-cloud-'));
  const cloud = startEmu(['cloud', '--json', '--state', join(scratch, 'cloud')]);
  try {
    while (cloud.output.stdout === '') await new Promise((resolve) => setTimeout(resolve, 10));
    const { api } = JSON.parse(cloud.output.stdout);
    const lines = shellLines().map((line) => line.replace('http://127.0.0.1:8885', api));
    // Each call says its status behind its answer.
    const script = lines.map((line) => line.replace(/^curl -s/, "curl -s -w '%{http_code}\\n'")).join('\n');
    const { stdout, stderr, status } = spawnSync('sh', ['-eu'], { cwd: scratch, input: script, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const statuses = [...stdout.matchAll(/^(\d{3})$/gm)].map(([, code]) => Number(code));
    const calls = lines.filter((line) => line.startsWith('curl'));
    expect(statuses).toEqual(calls.map((line) => (line.endsWith('/methods') ? 404 : 200)));
    expect(stdout).toContain('"verified":true');
    expect(stdout).toContain('pump-1 is not online');
    expect(stdout).toContain('"desired":{"interval":5,"$version":2}');
  } finally {
    cloud.signal('SIGINT');
    await cloud.ended;
    rmSync(scratch, { recursive: true });
  }
});

test('docs/cloud.md lists every path of the API with its methods', () => {
  const listed = [...page.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) => {
    const words = [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text = '']) => text.split(' '));
    const path = words.find((word) => word.startsWith('/'));
    return path === undefined ? [] : words.filter((word) => !word.startsWith('/')).map((method) => `${method} ${path}`);
  });
  const shown = (path: string) =>
    path.replace(/:\w+/g, (name) => (({ ':hub': 'HUB', ':name': 'NAME' }) as Record<string, string>)[name] ?? 'ID');
  const there = ROUTES.flatMap(({ path, methods }) => Object.keys(methods).map((method) => `${method} ${shown(path)}`));
  expect(listed.toSorted()).toEqual(there.toSorted());
});

test('docs/cloud.md names every option', () => {
  for (const name of Object.keys(CLOUD.options)) expect(page).toContain(`\`--${name}`);
});
