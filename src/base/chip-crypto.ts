import type { ChipCrypto } from '../../emulator/crypto/index.ts';

/** A back end for the cryptography of chips, loaded when it is asked for: noble takes 70 ms and 10 MB. */
export async function chipCrypto(name: ChipCrypto['name']): Promise<ChipCrypto> {
  if (name === 'node') return (await import('../../emulator/crypto/index.ts')).nodeCrypto;
  return (await import('../../emulator/crypto/noble.ts')).nobleCrypto;
}
