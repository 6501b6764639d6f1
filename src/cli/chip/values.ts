import { quoted, usageError } from '../errors/index.ts';

/** How `emu chip config` prints. */
export const FORMATS = ['table', 'hex', 'yaml', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** @throws EmuError EMU_E_USAGE */
export function parseFormat(text: string): Format {
  const format = FORMATS.find((known) => known === text);
  if (format !== undefined) return format;
  throw usageError(
    `--format must be one of ${FORMATS.join(', ')}, not ${quoted(text)}`,
    'Write it like --format yaml.',
  );
}

/** What `emu chip exec` locks before the first command. */
export const LOCKS = ['none', 'config', 'both'] as const;
export type Lock = (typeof LOCKS)[number];

/** @throws EmuError EMU_E_USAGE */
export function parseLock(text: string): Lock {
  const lock = LOCKS.find((known) => known === text);
  if (lock !== undefined) return lock;
  throw usageError(
    `--lock is none, config or both, not ${quoted(text)}`,
    'It says what is locked before the first command.',
  );
}

/** 7 bits. @throws EmuError EMU_E_USAGE */
export function parseAddress(text: string): number {
  const address = /^(?:0x)?[0-9a-f]{1,2}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  if (address <= 0x7f) return address;
  throw usageError(`--address is 7 bits in hexadecimal, not ${quoted(text)}`, 'Write it like --address 60.');
}
