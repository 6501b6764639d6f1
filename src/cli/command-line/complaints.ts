import { nearest } from '../../base/index.ts';
import { type Arguments, type Command, optionsOf } from '../command/index.ts';
import { COMMANDS, GROUPS } from '../commands.ts';
import { quoted, usageError } from '../errors/index.ts';

/** Everything on the line is an option of the command, spelt right, there once, with a value where it takes one. */
export function requireKnown(args: Arguments, command: Command): void {
  const { words, positionals = [], rest } = command;
  const known = Object.keys(optionsOf(command));
  for (const [name, value] of Object.entries(args)) {
    if (name === '_' || name === '$0' || name === '--' || positionals.includes(name)) continue;
    if (known.includes(name)) {
      requireOne(name, value, command);
      continue;
    }
    throw unknownOption(name, command);
  }
  const behind = (args['--'] ?? []) as string[];
  const [stray] = [...(args._ as (string | number)[]).slice(words.length), ...(rest === undefined ? behind : [])];
  if (stray !== undefined) {
    throw usageError(
      `unexpected ${quoted(String(stray))} after emu ${words.join(' ')}`,
      'Options begin with --, and one like --json takes no value.',
    );
  }
}

function requireOne(name: string, value: unknown, command: Command): void {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > 1 && !optionsOf(command)[name]?.several) {
    throw usageError(`--${name} is given ${values.length} times`, 'Leave all but one out.');
  }
  if (values.includes('')) throw usageError(`--${name} needs a value`, help(command));
}

function unknownOption(name: string, command: Command | undefined): Error {
  const spelt = name.length === 1 ? `-${name}` : `--${name}`;
  const meant = command && nearest(name, Object.keys(optionsOf(command)));
  return usageError(`unknown option ${spelt}${meant === undefined ? '' : `; did you mean --${meant}?`}`, help(command));
}

/**
 * What yargs means by an error, in our words; any other error as it is. It looks options up in plain objects, so that it falls
 * over those that are called like something that every object inherits, such as `--toString`.
 */
export function complaintOfParser(error: unknown, argv: readonly string[], command: Command | undefined): unknown {
  const inherited = argv.map((word) => /^--([^=]+)/.exec(word)?.[1]).find((name) => name && name in Object.prototype);
  if (error instanceof TypeError && inherited !== undefined) return unknownOption(inherited, command);
  return valueComplaint(error, command);
}

function valueComplaint(error: unknown, command: Command | undefined): unknown {
  const { name: kind, message } = error as Error;
  const [, complaint, name] = /^(Argument unexpected for|Not enough arguments following): (.+)$/.exec(message) ?? [];
  if (kind !== 'YError' || command === undefined || name === undefined) return error;
  return usageError(
    `--${name} ${complaint === 'Argument unexpected for' ? 'takes no value' : 'needs a value'}`,
    help(command),
  );
}

function help(command: Command | undefined): string {
  return `See: emu ${[...(command?.words ?? []), '--help'].join(' ')}`;
}

/** The words of a line that names no command. */
export function unknownCommand(words: readonly string[]): Error {
  const [first = '', second] = words;
  if (first === '') return usageError('say what to do, for example: emu run', 'See: emu --help');
  const siblings = COMMANDS.filter((command) => command.words[0] === first).map((command) => command.words.join(' '));
  if (second === undefined && siblings.length > 0) {
    return usageError(`say what to do with emu ${first}`, `One of: emu ${siblings.join(', emu ')}`);
  }
  const known = COMMANDS.map((command) => command.words.join(' '));
  const word = siblings.length > 0 ? `${first} ${second}` : first;
  const meant = nearest(word, siblings.length > 0 ? siblings : [...known, ...Object.keys(GROUPS), 'completion']);
  return usageError(
    `unknown command ${quoted(word)}${meant === undefined ? '' : `; did you mean emu ${meant}?`}`,
    `See: emu ${siblings.length > 0 ? `${first} ` : ''}--help`,
  );
}
