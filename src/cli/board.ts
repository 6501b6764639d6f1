import { startBoards } from '../board/index.ts';
import { painter, type TerminalEnvironment } from '../report/index.ts';
import { boardRequest } from './board-request.ts';
import { machineView, personView } from './board-views.ts';
import type { Arguments } from './command.ts';
import { verbosity } from './common-options.ts';
import { EXIT } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';

/** `emu board`. Resolves to the exit code. */
export async function board(args: Arguments): Promise<number> {
  const request = boardRequest(args);
  const { quiet } = verbosity(args);
  const interrupt = onInterrupt(() => {});
  try {
    const boards = await startBoards(request);
    try {
      if (args.json === true) process.stdout.write(`${JSON.stringify(machineView(boards))}\n`);
      else if (!quiet) {
        const paint = painter(process.stdout, process.env as TerminalEnvironment);
        process.stdout.write(personView(boards, request, paint));
      }
      await Promise.race([aborted(interrupt.signal), boards.failed]);
    } finally {
      await boards.close();
    }
  } finally {
    interrupt.release();
  }
  // Being told to stop is how serving ends.
  return EXIT.ok;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
