import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emu } from '../../support/emu-in-process.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-one-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a fleet of one device is spoken of as of one', async () => {
  const fleet = join(scratch, 'fleet');
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await emu(...args);
    expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toMatch(/\b1 devices/);
    return stdout;
  };
  expect(await said('fleet', 'create', '--count', '1', '--out', fleet)).toMatch(
    /fleet: 1 device, 1 of them provisioned/,
  );
  expect(await said('fleet', 'list', fleet)).toMatch(/^1 device of esp32-mqtts, /);
  const run = await said('run', '--fleet', fleet, '--duration', '2s');
  expect(run).toMatch(/^1 device of esp32-mqtts against an embedded broker/m);
  expect(run).toContain('\nthe device has arrived\n');
  expect(run).toContain('\n\n1 device of esp32-mqtts against the embedded broker, in ');
  const exported = ['fleet', 'export', fleet, '--for', 'nats', '--hostname', 'localhost'];
  expect(await said(...exported, '--out', join(scratch, 'nats'))).toContain('accepts the 1 device of');
});

test('--quiet begins with the summary', async () => {
  const { stdout } = await emu('run', '--count', '2', '--duration', '1s', '--quiet');
  expect(stdout).toMatch(/^2 devices of esp32-mqtts against the embedded broker, in /);
});
