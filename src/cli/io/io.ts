import type { TextOutput } from '../../report/index.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** All that a command may use of the process it runs in. */
export interface Io {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly environment: Environment;
  /** Whether a terminal is at any standard stream: its Ctrl-C reaches child processes too. */
  readonly atTerminal: boolean;
  /** Calls `listener` for each of these signals, which lose their ordinary meaning until the returned function is called. */
  onSignals(names: readonly SignalName[], listener: (name: SignalName) => void): () => void;
  /** Ends the process at once with this exit code; what is under way is lost. */
  abandon(code: number): void;
}
