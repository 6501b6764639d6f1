import { usageError } from '../errors/index.ts';
import type { Arguments } from './command.ts';

/** The text after an option; undefined when the option is not there. */
export function textOf(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return value === undefined ? undefined : String(value);
}

/** The text of an argument without dashes. */
export function positional(args: Arguments, name: string, what: string): string {
  const text = textOf(args, name);
  if (text !== undefined && text !== '') return text;
  throw usageError(`${name.toUpperCase()} is missing`, what);
}

/** What `--ca-cert` and `--ca-key` name, which go together. */
export function pairOfRootFiles(args: Arguments): { certificate: string; key: string } | undefined {
  const [certificate, key] = [textOf(args, 'ca-cert'), textOf(args, 'ca-key')];
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  const [given, missing] = certificate === undefined ? ['--ca-key', '--ca-cert'] : ['--ca-cert', '--ca-key'];
  throw usageError(`${given} needs ${missing} too`, 'The fleet issues certificates under this CA: it needs both.');
}
