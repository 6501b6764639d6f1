import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../support/emu.ts';
import { requireProgram, requirePythonModule } from '../support/interop.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/board.md'), 'utf8');

/** The code on the page that names itself `file` in its first line. */
function listing(file: string): string {
  const found = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].find(
    ([, code = '']) => /^\S+ (\S+)$/m.exec(code)?.[1] === file,
  );
  if (found?.[1] === undefined) throw new Error(`docs/board.md has no ${file}`);
  return found[1];
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-board-docs-'));
  for (const file of ['Wire.h', 'revision.cpp', 'room.py']) writeFileSync(join(directory, file), listing(file));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const gcc = requireProgram('gcc', ['--version']);
const gxx = requireProgram('g++', ['--version']);
const python = requirePythonModule('smbus2', 'python3-smbus2') && requirePythonModule('bme280', 'python3-bme280');

function onBoard(...argv: readonly string[]) {
  const line = [program, 'board', '--exec', '--', ...argv];
  const { status, stdout, stderr } = spawnSync(process.execPath, line, { cwd: directory, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe.skipIf(gcc === undefined)('the examples of docs/board.md', () => {
  it.skipIf(gxx === undefined)('Arduino: the stand-in for Wire reaches the chip', () => {
    execFileSync(gxx ?? '', ['-Wall', '-Wextra', '-Werror', '-o', 'revision', 'revision.cpp'], { cwd: directory });
    expect(onBoard('./revision')).toEqual({ status: 0, stdout: '00006002\n', stderr: '' });
  });

  it.skipIf(python === undefined)('Python: the room is as warm as the script made it', () => {
    expect(onBoard(python ?? '', 'room.py')).toEqual({ status: 0, stdout: '31.5 °C, 60 %\n', stderr: '' });
  });
});
