/** Every command of the ATECC608A. The chip here executes those of `commands/table.ts`. */
export const OPCODE = {
  Read: 0x02,
  MAC: 0x08,
  Write: 0x12,
  GenDig: 0x15,
  Nonce: 0x16,
  Lock: 0x17,
  Random: 0x1b,
  DeriveKey: 0x1c,
  UpdateExtra: 0x20,
  Counter: 0x24,
  CheckMac: 0x28,
  Info: 0x30,
  GenKey: 0x40,
  Sign: 0x41,
  ECDH: 0x43,
  Verify: 0x45,
  PrivWrite: 0x46,
  SHA: 0x47,
  AES: 0x51,
  KDF: 0x56,
  SelfTest: 0x77,
  SecureBoot: 0x80,
} as const;

export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

/** The key id that means TempKey: of HMAC, AES, GenKey 04. */
export const TEMP_KEY = 0xffff;

/** The first byte of every write to the chip. */
export const WORD_ADDRESS = { Reset: 0x00, Sleep: 0x01, Idle: 0x02, Command: 0x03 } as const;
