import { stringify } from 'yaml';
import { z } from 'zod';
import { EmuError } from '../../emulator/errors.ts';
import { cloudPaths, writeWhole } from './files.ts';
import { sealText } from './sealed-text.ts';
import { findStateFile } from './state-file.ts';

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
  return findStateFile(cloudPaths(directory).cloud, { format: CLOUD_FORMAT, schema, unusable });
}

function unusable(path: string, reason: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_CLOUD_STATE', `${path} does not describe the state of a cloud: ${reason}`, {
    value: path,
    hint: 'Restore the whole directory from a copy, or begin with an empty one; nothing was written.',
    cause,
  });
}
