import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ProgramRequest {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** The ports of the boards' buses; board k is the k-th and the program's /dev/i2c-k. */
  readonly i2cPorts: readonly number[];
  /** The ports of the boards' kit text, likewise /dev/ttyEMUk. */
  readonly kitPorts: readonly number[];
  /** The ports of the boards' control channels, for programs that know of them: EMU_BOARD_CONTROL. */
  readonly controlPorts: readonly number[];
  /** The boards' serial lines, each a path or a port: EMU_BOARD_UART, where there are any. */
  readonly uarts?: readonly string[];
  /** The library that `buildPreload` made. */
  readonly preload: string;
  /** Ends the program by SIGTERM. */
  readonly signal?: AbortSignal;
}

/** What there is of this process for the program. */
export interface ProgramSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether a terminal is at any standard stream: it sends Ctrl-C to this process and the program alike. */
  readonly atTerminal: boolean;
  /** Calls `listener` for these signals, which end this process no more, until the returned function is called. */
  onSignals(names: readonly PassedSignal[], listener: (name: PassedSignal) => void): () => void;
}

const PASSED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type PassedSignal = (typeof PASSED)[number];

export interface ProgramEnd {
  /** As a shell has it: 128 and the signal's number when one killed the program, 127 not found, 126 not executable. */
  readonly code: number;
  /** Why the program did not start. */
  readonly problem?: string;
}

/** Runs a program on the boards, with this process's standard streams. */
export async function runProgram(request: ProgramRequest, surroundings: ProgramSurroundings): Promise<ProgramEnd> {
  const [program = '', ...parameters] = request.argv;
  // Caught before there is a program: a signal that comes as it starts must not end this process alone. Handlers run on
  // later turns, when the program is there.
  const stopPassing = passSignals(surroundings, (signal) => child.kill(signal));
  const env = environmentFor(request, surroundings.environment);
  const child = spawn(program, parameters, { stdio: 'inherit', env });
  const end = () => child.kill('SIGTERM');
  request.signal?.addEventListener('abort', end);
  if (request.signal?.aborted) end();
  try {
    return await endOf(child, program);
  } finally {
    request.signal?.removeEventListener('abort', end);
    stopPassing();
  }
}

function environmentFor(
  { i2cPorts, kitPorts, controlPorts, uarts = [], preload }: ProgramRequest,
  base: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const others = base.LD_PRELOAD ?? '';
  return {
    ...base,
    LD_PRELOAD: others === '' ? preload : `${preload}:${others}`,
    ASAN_OPTIONS: sanitizerOptions(base.ASAN_OPTIONS),
    EMU_BOARD_I2C: i2cPorts.join(','),
    EMU_BOARD_KIT: kitPorts.join(','),
    EMU_BOARD_CONTROL: controlPorts.join(','),
    ...(uarts.length > 0 && { EMU_BOARD_UART: uarts.join(',') }),
  };
}

/**
 * gcc's AddressSanitizer ends a program whose first library is not its own. It works as the second one, too: what it watches
 * is called by the preload library in its turn. What the user has set comes later, and so counts.
 */
function sanitizerOptions(own = ''): string {
  return ['verify_asan_link_order=0', own].filter((options) => options !== '').join(':');
}

/** Node has no event that is sure to come last where a program does not start. */
function endOf(child: ChildProcess, program: string): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(notStarted(program, error)));
    child.once('exit', (code, signal) => resolve({ code: code ?? 128 + constants.signals[signal as NodeJS.Signals] }));
  });
}

function notStarted(program: string, { code, message }: NodeJS.ErrnoException): ProgramEnd {
  if (code === 'ENOENT') return { code: 127, problem: `there is no program ${program}` };
  if (code === 'EACCES') return { code: 126, problem: `${program} is not an executable program` };
  return { code: 126, problem: `${program} does not start: ${message}` };
}

/**
 * Until the program ends this process ends for no signal, and passes on what it gets. A Ctrl-C is the exception: the terminal
 * has sent it to the program, too.
 */
function passSignals({ atTerminal, onSignals }: ProgramSurroundings, kill: (signal: PassedSignal) => void): () => void {
  return onSignals(PASSED, (signal) => {
    if (signal !== 'SIGINT' || !atTerminal) kill(signal);
  });
}
