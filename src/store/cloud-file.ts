import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';
import { yamlTrouble } from './failures.ts';
import { cloudPaths, writeWhole } from './files.ts';
import { sealText, unsealText } from './sealed-text.ts';

export const CLOUD_FORMAT = 1;

/** `cloud.yaml`, format 1: says that the directory holds the state of a cloud, and nothing secret. */
const schema = z.strictObject({
  format: z.literal(CLOUD_FORMAT),
  /** Ties the store to this file. */
  id: z.uuid(),
  created: z.iso.datetime(),
});

export type CloudFile = z.output<typeof schema>;

/** @throws EmuError EMU_E_STORE_WRITE */
export function writeCloudFile(directory: string, file: CloudFile): void {
  writeWhole(cloudPaths(directory).cloud, sealText(stringify(file)), 0o644);
}

/** The cloud whose state is in `directory`; undefined when there is none. @throws EmuError EMU_E_CLOUD_STATE */
export function findCloud(directory: string): CloudFile | undefined {
  const path = cloudPaths(directory).cloud;
  if (!existsSync(path)) return undefined;
  const text = unsealText(readText(path));
  if (text === undefined) throw unusable(path, 'its checksum is that of another text');
  let contents: unknown;
  try {
    contents = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw unusable(path, yamlTrouble(cause), cause);
  }
  const format = (contents as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== CLOUD_FORMAT) {
    throw unusable(path, `it has format ${format}, and this emu knows format ${CLOUD_FORMAT}`);
  }
  const result = schema.safeParse(contents);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unusable(path, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, result.error);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unusable(path, fileTrouble(cause), cause);
  }
}

function unusable(path: string, reason: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_CLOUD_STATE', `${path} does not describe the state of a cloud: ${reason}`, {
    value: path,
    hint: 'Restore the whole directory from a copy, or begin with an empty one; nothing was written.',
    cause,
  });
}
