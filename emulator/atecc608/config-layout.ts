/** Offsets in the configuration zone. */
export const CONFIG = {
  SerialNumberLow: 0, // SN[0:3]
  RevNum: 4,
  SerialNumberHigh: 8, // SN[4:8]
  AesEnable: 13,
  I2cEnable: 14,
  I2cAddress: 16, // 8-bit form
  CountMatch: 18,
  ChipMode: 19,
  SlotConfig: 20,
  Counter: 52, // two of 8 bytes
  UseLock: 68,
  VolatileKeyPermission: 69,
  SecureBoot: 70,
  KdfIvLoc: 72,
  KdfIvStr: 73,
  UserExtra: 84,
  UserExtraAdd: 85,
  LockValue: 86,
  LockConfig: 87,
  SlotLocked: 88,
  ChipOptions: 90,
  X509Format: 92,
  KeyConfig: 96,
} as const;

/** The value of LockValue and LockConfig before their lock; 00 after it. */
export const UNLOCKED = 0x55;

/** The policy of a slot that holds anything but a private key. */
export const SLOT_CONFIG = {
  readKey: [0, 4], // key of encrypted reads; 0 = source of CheckMac's copy
  noMac: [4, 1],
  limitedUse: [5, 1], // counted by counter 0
  encryptRead: [6, 1],
  isSecret: [7, 1], // no clear read
  writeKey: [8, 4], // key of encrypted writes; parent of DeriveKey
  writeConfig: [12, 4],
} as const;

/** What SlotConfig's ReadKey means where the slot holds a private key. */
export const PRIVATE_KEY_USE = {
  externalSign: [0, 1],
  internalSign: [1, 1],
  ecdh: [2, 1],
  ecdhToSlot: [3, 1], // the shared secret goes to slot N|1
} as const;

/** What SlotConfig's WriteConfig means to GenKey and to PrivWrite. */
export const GEN_KEY_ALLOWED = [13, 1] as const;
export const PRIV_WRITE_ALLOWED = [14, 1] as const;

export const KEY_CONFIG = {
  private: [0, 1],
  pubInfo: [1, 1], // private: GenKey may compute the public key; public: Verify needs validation
  keyType: [2, 3], // 4 P-256, 6 AES, 7 other
  lockable: [5, 1],
  reqRandom: [6, 1],
  reqAuth: [7, 1],
  authKey: [8, 4],
  persistentDisable: [12, 1],
  reserved: [13, 1],
  x509Id: [14, 2],
} as const;

export const KEY_TYPE_P256 = 4;
export const KEY_TYPE_AES = 6;

/** AES, in a command of its own and in KDF. */
export const AES_ENABLE = [0, 1] as const;

export const COUNT_MATCH = { enable: [0, 1], reserved: [1, 3], slot: [4, 4] } as const;

export const CHIP_MODE = {
  useUserExtraAdd: [0, 1], // as the I2C address
  ttlEnable: [1, 1],
  watchdogLong: [2, 1],
  clockDivider: [3, 5], // 0x00 = M0, 0x05 = M1, 0x0D = M2
} as const;

export const USE_LOCK = { enable: [0, 4], key: [4, 4] } as const;

export const VOLATILE_KEY_PERMISSION = { slot: [0, 4], reserved: [4, 3], enable: [7, 1] } as const;

export const SECURE_BOOT = {
  mode: [0, 2], // 0 off, 1 FullBoth, 2 FullSig, 3 FullDig
  reserved2: [2, 1],
  persistEnable: [3, 1],
  randNonce: [4, 1],
  reserved5: [5, 3],
  digestSlot: [8, 4],
  publicKeySlot: [12, 4],
} as const;

export const CHIP_OPTIONS = {
  powerOnSelfTest: [0, 1],
  ioProtectionKeyEnable: [1, 1],
  kdfAesEnable: [2, 1],
  autoClearFirstFail: [3, 1],
  reserved: [4, 4],
  ecdhProtection: [8, 2],
  kdfProtection: [10, 2],
  ioProtectionKey: [12, 4],
} as const;

export const X509_FORMAT = { publicKeyPosition: [0, 4], templateLength: [4, 4] } as const;
