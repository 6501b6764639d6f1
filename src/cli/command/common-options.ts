import { usageError } from '../errors/index.ts';
import { type Arguments, type Command, flag, type OptionTable, option } from './command.ts';

/** What every command understands. */
export const COMMON_OPTIONS = {
  config: option('Settings', 'YAML FILE of settings; EMU_… variables and the command line override it'),
  quiet: flag('Output', 'only the result and errors'),
  verbose: flag('Output', 'more: where settings come from, times, every kind of failure'),
} as const satisfies OptionTable;

export function optionsOf(command: Command): OptionTable {
  return { ...command.options, ...COMMON_OPTIONS };
}

/** How much a command prints. */
export interface Verbosity {
  /** Only the result and errors. */
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function verbosity(args: Arguments): Verbosity {
  if (args.quiet && args.verbose) throw usageError('--quiet and --verbose exclude each other', 'Leave one out.');
  return { quiet: args.quiet === true, verbose: args.verbose === true };
}
