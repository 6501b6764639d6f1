export { pairOfRootFiles, positional, textOf } from './arguments.ts';
export { type Arguments, type Command, type CommandOption, flag, type OptionTable, option } from './command.ts';
export { optionsOf, type Verbosity, verbosity } from './common-options.ts';
