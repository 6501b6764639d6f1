import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPreload } from '../../../src/board/exec/index.ts';
import { requireProgram } from '../../support/interop.ts';
import { compileC, onBoards } from '../../support/preload.ts';
import { type RunningBoard, startBoard } from '../../support/running-board.ts';

const gcc = requireProgram('gcc', ['--version']);

describe.skipIf(gcc === undefined)('threads of a program on a board', () => {
  const directory = mkdtempSync(join(tmpdir(), 'twinfleet-threads-'));
  const hammer = join(directory, 'hammer');
  let running: RunningBoard;
  let preload = '';

  beforeAll(async () => {
    compileC(gcc ?? '', join(import.meta.dirname, '../../support/hammer.c'), hammer);
    preload = await buildPreload(process.env);
    running = await startBoard();
  });
  afterAll(async () => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    ['with one descriptor', 'shared', 8],
    ['with one each', 'own', 32],
    ['with one for each transfer', 'reopen', 8],
  ])('never come between the two halves of a transfer, %s', async (_name, how, threads) => {
    const i2cPorts = running.boards.map(({ ports }) => ports.i2c);
    const ended = await onBoards({ preload, i2cPorts }, hammer, '76', how, String(threads), '100');
    expect(ended).toEqual({ code: 0, stderr: '', stdout: `${threads * 100} transfers, 0 wrong\n` });
  });
});
