import type { ChipCrypto } from '../../../emulator/crypto/index.ts';
import { option } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';

type Name = ChipCrypto['name'];

export const DEFAULT_CRYPTO: Name = 'node';

/** `--crypto`, in the group of options that it stands in. */
export function cryptoOption(group: string) {
  return {
    ...option(group, 'node | noble: what chips compute with; noble is the portable reference, slower', DEFAULT_CRYPTO),
    values: (): Name[] => ['node', 'noble'],
    check: parseCrypto,
  };
}

/** @throws EmuError EMU_E_USAGE */
export function parseCrypto(text: string = DEFAULT_CRYPTO): Name {
  if (text === 'node' || text === 'noble') return text;
  throw usageError(`--crypto must be node or noble, not ${quoted(text)}`, 'Both compute the same; node is the faster.');
}
