import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { buildPreload } from '../../src/board/exec/index.ts';
import { type I2cStandIn, startI2cStandIn } from './i2c-stand-in.ts';
import { compileCalls, onBoards } from './preload.ts';

/** The program of system calls on a bus that is a stand-in, a fresh one for each test of the suite that calls this. */
export function preloadCalls(gcc: string) {
  const directory = mkdtempSync(join(tmpdir(), 'twinfleet-calls-'));
  const programs = { plain: join(directory, 'plain'), fortified: join(directory, 'fortified') };
  let preload = '';
  let board: I2cStandIn;
  let isUnplugged = false;
  beforeAll(async () => {
    preload = await buildPreload(process.env);
    compileCalls(gcc, programs.plain);
    compileCalls(gcc, programs.fortified, ['-D_FORTIFY_SOURCE=2']);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(async () => {
    board = await startI2cStandIn();
    isUnplugged = false;
  });
  afterEach(async () => {
    if (!isUnplugged) await board.close();
  });

  async function run(program: string, steps: string): Promise<string[]> {
    const ended = await onBoards({ preload, i2cPorts: [board.port] }, program, ...steps.split(' '));
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    return ended.stdout.trimEnd().split('\n');
  }
  const calls = (steps: string) => run(programs.plain, steps);
  return {
    board: () => board,
    /** The board goes, for the rest of the test. */
    async unplug() {
      isUnplugged = true;
      await board.close();
    },
    preload: () => preload,
    directory,
    programs,
    run,
    calls,
    /** The program built with _FORTIFY_SOURCE, which calls other names of libc. */
    fortified: (steps: string) => run(programs.fortified, steps),
    /** After `open`, `slave 50`: the memory of the stand-in. */
    onMemory: async (steps: string) => (await calls(`open /dev/i2c-0 slave 50 ${steps}`)).slice(2),
  };
}
