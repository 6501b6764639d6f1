import {
  type BoardRequest,
  buildPreload,
  obstacleTo,
  type RunningBoards,
  runProgram,
  startBoards,
} from '../../board/index.ts';
import { painter, type TextOutput } from '../../report/index.ts';
import { type Arguments, verbosity } from '../command/index.ts';
import { EXIT, printError, usageError } from '../errors/index.ts';
import { type Io, onInterrupt } from '../io/index.ts';
import { boardRequest } from './request.ts';
import { machineView, personView } from './views.ts';

/** `emu board`. Resolves to the exit code. */
export async function board(args: Arguments, io: Io): Promise<number> {
  const request = boardRequest(args);
  const program = programOf(args);
  const { quiet, verbose } = verbosity(args);
  const json = args.json === true;
  if (program === undefined) {
    return serve(request, io, (boards) => {
      if (json || !quiet) show(boards, request, json, io, io.stdout);
    });
  }
  if (!quiet) printObstacle(program[0] ?? '', io);
  // Standard output is the program's.
  return runOnBoards(request, program, io, (boards) => {
    if (json || verbose) show(boards, request, json, io, io.stderr);
  });
}

type Show = (boards: RunningBoards) => void;

/** Serves until a signal, which is its ordinary end. */
async function serve(request: BoardRequest, io: Io, showBoards: Show): Promise<number> {
  const interrupt = onInterrupt(io);
  try {
    const boards = await startBoards(request, io.environment);
    try {
      showBoards(boards);
      await Promise.race([aborted(interrupt.signal), boards.failed]);
    } finally {
      await boards.close();
    }
  } finally {
    interrupt.release();
  }
  return EXIT.ok;
}

/** Runs the program to its end and resolves to its exit code. */
async function runOnBoards(request: BoardRequest, argv: readonly string[], io: Io, showBoards: Show): Promise<number> {
  const preload = await buildPreload(io.environment);
  const boards = await startBoards(request, io.environment);
  const abandoned = new AbortController();
  try {
    showBoards(boards);
    const portsOf = (service: 'i2c' | 'kit' | 'control') => boards.boards.map(({ ports }) => ports[service]);
    const ports = { i2cPorts: portsOf('i2c'), kitPorts: portsOf('kit'), controlPorts: portsOf('control') };
    const uarts = boards.boards.flatMap(({ uart }) => (uart === undefined ? [] : [uart.pty ?? String(uart.port)]));
    const program = runProgram({ argv, ...ports, uarts, preload, signal: abandoned.signal }, io);
    const { code, problem } = await Promise.race([program, boards.failed]);
    if (problem !== undefined) printError(io, problem);
    return code;
  } finally {
    abandoned.abort();
    await boards.close();
  }
}

/** Before the program's own complaint that there is no such device. It is run all the same: it may speak TCP. */
function printObstacle(program: string, io: Io): void {
  const obstacle = obstacleTo(program, io.environment);
  if (obstacle !== undefined) printError(io, obstacle.reason, obstacle.hint);
}

/** What stands behind `--`, when it is to be run. */
function programOf(args: Arguments): readonly string[] | undefined {
  const argv = (args['--'] ?? []) as readonly string[];
  const example = 'Write it like: emu board --exec -- i2cdetect -y 0';
  if (args.exec === true && !argv[0]) throw usageError('--exec needs a program behind --', example);
  if (args.exec !== true && argv.length > 0) throw usageError('a program behind -- needs --exec', example);
  return args.exec === true ? argv : undefined;
}

function show(boards: RunningBoards, request: BoardRequest, json: boolean, io: Io, output: TextOutput): void {
  output.write(
    json ? `${JSON.stringify(machineView(boards))}\n` : personView(boards, request, painter(output, io.environment)),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
