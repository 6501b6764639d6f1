import { setTimeout } from 'node:timers/promises';
import { startEmu } from './emu-in-process.ts';
import type { RunningBoard } from './running-board.ts';

/** `emu board --json` with `args`, as in `startBoard`, without a process of its own. */
export async function boardInProcess(...args: readonly string[]): Promise<Pick<RunningBoard, 'boards' | 'stop'>> {
  const running = startEmu(['board', '--json', ...args]);
  const ended = running.ended.then(({ code, stderr }) => {
    throw new Error(`emu board ended with ${code}: ${stderr}`);
  });
  // It is only looked at until the board serves.
  ended.catch(() => {});
  while (!running.output.stdout.includes('\n')) await Promise.race([setTimeout(1), ended]);
  return {
    boards: JSON.parse(running.output.stdout).boards,
    stop() {
      running.signal('SIGINT');
      return running.ended;
    },
  };
}
