import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import type { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';
import { yamlTrouble } from './failures.ts';
import { unsealText } from './sealed-text.ts';

/** What the file that describes a state directory has to be. */
export interface StateFileKind<T> {
  readonly format: number;
  readonly schema: z.ZodType<T>;
  /** The error for a file that it is not. */
  unusable(path: string, reason: string, cause?: unknown): EmuError;
}

/** The file at `path`, sealed YAML; undefined when there is none. @throws what `unusable` makes */
export function findStateFile<T>(path: string, { format: known, schema, unusable }: StateFileKind<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  const trouble = (reason: string, cause?: unknown) => unusable(path, reason, cause);
  let sealed: string;
  try {
    sealed = readFileSync(path, 'utf8');
  } catch (cause) {
    throw trouble(fileTrouble(cause), cause);
  }
  const text = unsealText(sealed);
  if (text === undefined) throw trouble('its checksum is that of another text');
  let contents: unknown;
  try {
    contents = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw trouble(yamlTrouble(cause), cause);
  }
  const format = (contents as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== known) {
    throw trouble(`it has format ${format}, and this emu knows format ${known}`);
  }
  const result = schema.safeParse(contents);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw trouble(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, result.error);
}
