import { nearest } from '../../base/index.ts';
import { type Command, type OptionTable, optionsOf } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import type { Environment } from '../io/index.ts';

const PREFIX = 'EMU_';
/** No options: EMU_DEBUG adds stacks to errors, a program on boards finds their ports in the others. */
const OWN = ['EMU_DEBUG', 'EMU_BOARD_I2C', 'EMU_BOARD_KIT', 'EMU_BOARD_CONTROL'];

/** `ca-cert` is EMU_CA_CERT. */
export function variableOf(option: string): string {
  return PREFIX + option.toUpperCase().replaceAll('-', '_');
}

/**
 * The value of an option that its variable gives: text, or whether it is on where the option may stand without a value. An
 * empty variable is as good as none.
 */
export function fromEnvironment(
  name: string,
  options: OptionTable,
  environment: Environment,
): string | boolean | undefined {
  const variable = variableOf(name);
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  const { flag, bare } = options[name] ?? {};
  if (!flag && !bare) return text;
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  if (bare) return text;
  throw usageError(
    `${variable} must be on or off, not ${quoted(text)}`,
    `Write it like ${variable}=1 or ${variable}=0.`,
  );
}

/**
 * A slip in a variable's name must not be ignored by the command that it is meant for. Others may use the prefix too, so what
 * resembles none of its settings is only reported: the warnings, one line each.
 * @throws EmuError EMU_E_USAGE for a name that is nearly one of the command's.
 */
export function unknownVariables(environment: Environment, command: Command, commands: readonly Command[]): string[] {
  const known = [...commands.flatMap(variablesOf), ...OWN];
  const strangers = Object.keys(environment).filter((name) => name.startsWith(PREFIX) && !known.includes(name));
  const likely = [...variablesOf(command), ...OWN].map((variable) => variable.slice(PREFIX.length));
  for (const name of strangers) {
    const meant = nearest(name.slice(PREFIX.length).toUpperCase(), likely);
    if (meant !== undefined) {
      throw usageError(
        `${name} is not a setting of emu; did you mean ${PREFIX}${meant}?`,
        'Rename or unset the environment variable.',
      );
    }
  }
  return strangers.map((name) => `warning: the environment variable ${name} is not a setting of emu and has no effect`);
}

function variablesOf(command: Command): string[] {
  return Object.keys(optionsOf(command)).map(variableOf);
}
