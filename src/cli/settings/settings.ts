import { resolve } from 'node:path';
import { EmuError } from '../../../emulator/errors.ts';
import { type Arguments, type Command, optionsOf } from '../command/index.ts';
import type { Environment } from '../io/index.ts';
import type { FileSetting } from './config-file.ts';
import { fromEnvironment, variableOf } from './environment.ts';

/** A setting that is not on the command line. */
interface Elsewhere {
  readonly name: string;
  readonly value: string | boolean;
  /** An environment variable, or a place `FILE:LINE:COLUMN`. */
  readonly source: string;
  readonly isVariable: boolean;
}

const NO_SETTINGS: ReadonlyMap<string, FileSetting> = new Map();

/** What a command was given from everywhere. */
export class Settings {
  /** As if all of it stood on the command line. */
  readonly args: Arguments;
  readonly #elsewhere: readonly Elsewhere[];

  constructor(line: Arguments, elsewhere: readonly Elsewhere[]) {
    const given = elsewhere.filter(({ value }) => value !== false).map(({ name, value }) => [name, value]);
    this.args = { ...line, ...Object.fromEntries(given) };
    this.#elsewhere = elsewhere;
  }

  /** One line for each setting that is not on the command line. */
  describe(): string[] {
    return this.#elsewhere.map(({ name, value, source }) => `${name} ${value} (${source})`);
  }

  /** The same error, naming the variable or the place in the file where it names an option that was set there. */
  explain(error: unknown): unknown {
    if (!(error instanceof EmuError)) return error;
    const named = this.#elsewhere.filter(({ name }) => mentions(error.message, name));
    const places = named.length > 0 ? named : this.#elsewhere.filter((setting) => isAbout(error, setting));
    if (places.length === 0) return error;
    let message = error.message;
    for (const { name, source, isVariable } of named) {
      message = message.replace(optionPattern(name), isVariable ? source : name);
    }
    const prefix = places
      .filter(({ isVariable }) => !isVariable || named.length === 0)
      .map(({ source }) => `${source}: `);
    return new EmuError(error.code, `${prefix[0] ?? ''}${message}`, {
      value: error.value,
      cause: error.cause,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}

/**
 * Adds to the command line what `EMU_…` variables and the file of `--config` say. The line goes before the environment,
 * the environment before the file, and the file before the defaults.
 * @throws EmuError EMU_E_USAGE, EMU_E_CONFIG_…
 */
export async function resolveSettings(command: Command, line: Arguments, environment: Environment): Promise<Settings> {
  const options = optionsOf(command);
  const elsewhere: Elsewhere[] = [];
  const file = line.config ?? fromEnvironment('config', options, environment);
  const settings =
    typeof file !== 'string' ? NO_SETTINGS : (await import('./config-file.ts')).readConfig(file, command);
  for (const name of Object.keys(options)) {
    if (line[name] !== undefined) continue;
    const value = fromEnvironment(name, options, environment);
    const setting = settings.get(name);
    if (value !== undefined) elsewhere.push({ name, value, source: variableOf(name), isVariable: true });
    else if (setting) elsewhere.push({ name, value: setting.value, source: setting.place, isVariable: false });
  }
  return new Settings(line, elsewhere);
}

function optionPattern(name: string): RegExp {
  return new RegExp(`--${name}(?![\\w-])`, 'g');
}

function mentions(message: string, name: string): boolean {
  return optionPattern(name).test(message);
}

/** Whether an error that names no option is about this one: its value is what was set. */
function isAbout({ value }: EmuError, setting: Elsewhere): boolean {
  if (typeof setting.value !== 'string' || typeof value !== 'string') return false;
  // Files come back as they were resolved.
  return setting.value === value || resolve(setting.value) === resolve(value);
}
