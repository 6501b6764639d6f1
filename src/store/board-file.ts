import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { VARIANT_NAMES } from '../../emulator/atecc608/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import { writeWhole } from './files.ts';
import { sealText } from './sealed-text.ts';
import { findStateFile } from './state-file.ts';

/** 1 had no checksums. */
export const BOARD_FORMAT = 2;

const address = z.number().int().min(0x08).max(0x77);

/** What is soldered to one board. */
const boardLayoutSchema = z.strictObject({
  chips: z.array(
    z.strictObject({
      variant: z.enum(VARIANT_NAMES),
      /** 7 bits; the variant's own when it is left out. */
      address: address.optional(),
    }),
  ),
  /** The address of the BME280; null for none. */
  sensor: address.nullable(),
});

export type BoardLayout = z.output<typeof boardLayoutSchema>;

/** `board.yaml`, format 2: what the boards of a state directory are, and nothing secret. */
const schema = z.strictObject({
  format: z.literal(BOARD_FORMAT),
  /** Ties the chips' store to this file. */
  id: z.uuid(),
  created: z.iso.datetime(),
  /** The seed of all keys and random numbers, for tests; without it they come from the operating system. */
  seed: z.string().optional(),
  /** 32 bytes in hexadecimal: the root of the sensors' randomness, so that they stay the same parts. */
  sensors: z.string().regex(/^[0-9a-f]{64}$/),
  /** The fleet that the chips were copied from, and its first device here. */
  fleet: z.strictObject({ id: z.uuid(), first: z.number().int().min(0) }).optional(),
  boards: z.array(boardLayoutSchema).min(1),
});

export type BoardFile = z.output<typeof schema>;

function boardFilePath(directory: string): string {
  return join(directory, 'board.yaml');
}

/** @throws EmuError EMU_E_STORE_WRITE */
export function writeBoardFile(directory: string, file: BoardFile): void {
  const text = stringify(file, { aliasDuplicateObjects: false });
  writeWhole(boardFilePath(directory), sealText(text), 0o644);
}

/** The boards stored in `directory`; undefined when there are none. @throws EmuError EMU_E_BOARD_STATE */
export function findBoards(directory: string): BoardFile | undefined {
  return findStateFile(boardFilePath(directory), { format: BOARD_FORMAT, schema, unusable });
}

function unusable(path: string, reason: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_BOARD_STATE', `${path} does not describe boards: ${reason}`, {
    value: path,
    hint: 'Restore the whole directory from a copy, or begin with an empty one; nothing was written.',
    cause,
  });
}
