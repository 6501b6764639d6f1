import type { Options } from 'yargs';
import type { Io } from '../io/index.ts';

/** One option of a command. Values stay text: each is read by its own parser, whose message is better than a type's. */
export interface CommandOption extends Options {
  readonly describe: string;
  /** It is there or not and takes no value. */
  readonly flag?: true;
  /** Its value may be left out. */
  readonly bare?: true;
  /** It may be given several times, which is as good as once with commas between the values. */
  readonly several?: true;
  /** Throws what is wrong with a value by itself, whatever else was asked for. */
  readonly check?: (text: string) => unknown;
  /** The values worth suggesting in a shell. */
  readonly values?: () => readonly string[];
}

export type OptionTable = Readonly<Record<string, CommandOption>>;

/** What a command was given: texts by the names of its options and positionals, true for flags. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A command of the program: everything from which its parsing, help, configuration and completion follow. */
export interface Command {
  /** What calls it: `['run']`, `['fleet', 'create']`. */
  readonly words: readonly [string, string?];
  /** Arguments without dashes, in their order. The command itself reports a missing one. */
  readonly positionals?: readonly string[];
  /** What may stand behind `--`, which comes as the argument of that name. */
  readonly rest?: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** A sentence for its own help. */
  readonly description: string;
  readonly options: OptionTable;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Runs it and resolves to the exit code. Modules that take long to load are loaded here, after the line was checked. */
  readonly run: (args: Arguments, io: Io) => Promise<number>;
}

/** An option that takes a value. */
export function option(group: string, describe: string, defaultDescription?: string): CommandOption {
  return { group: `${group}:`, describe, ...(defaultDescription && { defaultDescription }) };
}

/** An option that is there or not. */
export function flag(group: string, describe: string): CommandOption {
  return { group: `${group}:`, describe, flag: true };
}
