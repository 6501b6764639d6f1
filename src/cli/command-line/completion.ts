import type { Argv } from 'yargs';
import { optionsOf } from '../command/index.ts';
import { COMMANDS } from '../commands.ts';
import { quoted, usageError } from '../errors/index.ts';
import type { Environment } from '../io/index.ts';

const REQUEST = '--get-yargs-completions';

/** Whether the line asks for the shell's script, or the script asks, which may be answered by nothing. */
export function isOfCompletion([command]: readonly string[]): boolean {
  return command === 'completion' || command === REQUEST;
}

const USAGE = `emu completion

Prints the completion script of your shell: for zsh where SHELL is zsh, for bash where it is bash or sh.

Examples:
  # from the next shell on
  emu completion >> ~/.bashrc
`;

/** The shells that read a script for bash or zsh. One that is not named is taken for bash. */
const SHELLS = /(^|\/)(ba|z|da|a|k)?sh$|^$/;

/**
 * The help of `emu completion`, where the line asks for it.
 * @throws EmuError EMU_E_USAGE for anything else behind it, and for a shell that there is no script for
 */
export function completionUsage([command, word]: readonly string[], { SHELL = '' }: Environment): string | undefined {
  if (command !== 'completion') return undefined;
  if (word !== undefined) {
    if (/^(-h|--help|help)$/.test(word)) return USAGE;
    throw usageError(`unexpected ${quoted(word)} after emu completion`, 'See: emu completion --help');
  }
  if (SHELLS.test(SHELL)) return undefined;
  throw usageError(
    `there is no completion script for the shell ${SHELL}`,
    'There is one for bash and one for zsh: SHELL=bash emu completion prints the first.',
  );
}

/** `emu completion` prints a script for the shell; what that asks then is answered by yargs, values of options by us. */
export function addCompletion(parser: Argv, argv: readonly string[]): void {
  // The request, then the line from the name of the program on.
  const words = argv.slice(2);
  parser.completion(
    'completion',
    'print the completion script of your shell (bash or zsh)',
    (_current: string, _argv: unknown, byDefault: () => void, done: (completions: string[]) => void) => {
      const values = valuesAt(words);
      if (values === undefined) byDefault();
      else done(values.filter((value) => value.startsWith(words.at(-1) ?? '')));
    },
  );
}

/** The values of the option that stands before the last word, where it takes one; none that we know leave the shell its files. */
function valuesAt(words: readonly string[]): string[] | undefined {
  const before = words.at(-2) ?? '';
  if (!before.startsWith('--')) return undefined;
  const command = COMMANDS.find((known) => known.words.every((word, i) => word === words[i]));
  const option = command && optionsOf(command)[before.slice(2)];
  return option === undefined || option.flag ? undefined : [...(option.values?.() ?? [])];
}
