import type { Command } from '../command/index.ts';

export type Examples = Command['examples'];

/** Those of `emu --help`. */
export const GENERAL_EXAMPLES: Examples = [
  ['$0 run --count 500', '500 devices against an embedded broker, 30s'],
  ['$0 run --help', 'all options of a run'],
];

/** Stands in the help where the examples come: yargs would break their lines, and they are there to be copied. */
export const EXAMPLES_PLACE = '{examples}';

/** The help with its examples, each a line as long as it is, below a comment. They begin with the `name` that was called. */
export function withExamples(help: string, examples: Examples, name: string): string {
  const lines = examples.flatMap(([command, what]) => [`  # ${what}`, `  ${command.replace('$0', name)}`]);
  return help.replace(EXAMPLES_PLACE, () => ['Examples:', ...lines].join('\n'));
}
