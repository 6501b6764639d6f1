import { EmuError } from '../errors.ts';
import { decodeFields, encodeFields, type Fields, fitting } from './bit-fields.ts';
import {
  CHIP_MODE,
  CHIP_OPTIONS,
  CONFIG,
  COUNT_MATCH,
  KEY_CONFIG,
  SECURE_BOOT,
  SLOT_CONFIG,
  USE_LOCK,
  VOLATILE_KEY_PERMISSION,
  X509_FORMAT,
} from './config-layout.ts';
import { COUNTER_SIZE, type CounterFields, decodeCounter, encodeCounter } from './counter.ts';
import { byteAt, CONFIG_SIZE, SLOTS, uint16At } from './memory.ts';

export interface SlotPolicy {
  readonly slotConfig: Fields<typeof SLOT_CONFIG>;
  readonly keyConfig: Fields<typeof KEY_CONFIG>;
  /** The slot's SlotLocked bit is 0: its contents are final. */
  readonly locked: boolean;
}

/** The 128 bytes of the configuration zone, every bit of them: decoding and encoding are each other's inverse. */
export interface ConfigZone {
  /** 9 bytes, SN[0:8]. */
  readonly serialNumber: Uint8Array;
  /** 4 bytes; may differ from what Info answers. */
  readonly revNum: Uint8Array;
  readonly aesEnable: number;
  readonly i2cEnable: number;
  /** 8-bit form. */
  readonly i2cAddress: number;
  readonly countMatch: Fields<typeof COUNT_MATCH>;
  readonly chipMode: Fields<typeof CHIP_MODE>;
  /** 16 of them. */
  readonly slots: readonly SlotPolicy[];
  readonly counters: readonly [CounterFields, CounterFields];
  readonly useLock: Fields<typeof USE_LOCK>;
  readonly volatileKeyPermission: Fields<typeof VOLATILE_KEY_PERMISSION>;
  readonly secureBoot: Fields<typeof SECURE_BOOT>;
  readonly kdfIvLoc: number;
  /** 2 bytes. */
  readonly kdfIvStr: Uint8Array;
  readonly userExtra: number;
  readonly userExtraAdd: number;
  /** 55 before the lock of data and OTP, 00 after it. */
  readonly lockValue: number;
  /** 55 before the lock of the configuration, 00 after it. */
  readonly lockConfig: number;
  readonly chipOptions: Fields<typeof CHIP_OPTIONS>;
  /** 4 of them. */
  readonly x509Format: readonly Fields<typeof X509_FORMAT>[];
  /** Bytes 15, 17 and 75..83 in this order, 11 bytes. */
  readonly reserved: Uint8Array;
}

const RESERVED_OFFSETS = [15, 17, 75, 76, 77, 78, 79, 80, 81, 82, 83] as const;

/** Reads 128 bytes, or the head of a chip's memory. */
export function decodeConfig(bytes: Uint8Array): ConfigZone {
  if (bytes.length < CONFIG_SIZE) {
    throw new EmuError('EMU_E_CHIP_CONFIG', `a configuration has ${CONFIG_SIZE} bytes`, { value: bytes.length });
  }
  const serialNumber = new Uint8Array(9);
  serialNumber.set(bytes.subarray(CONFIG.SerialNumberLow, CONFIG.SerialNumberLow + 4));
  serialNumber.set(bytes.subarray(CONFIG.SerialNumberHigh, CONFIG.SerialNumberHigh + 5), 4);
  const slotLocked = uint16At(bytes, CONFIG.SlotLocked);
  return {
    serialNumber,
    revNum: new Uint8Array(bytes.subarray(CONFIG.RevNum, CONFIG.RevNum + 4)),
    aesEnable: byteAt(bytes, CONFIG.AesEnable),
    i2cEnable: byteAt(bytes, CONFIG.I2cEnable),
    i2cAddress: byteAt(bytes, CONFIG.I2cAddress),
    countMatch: decodeFields(COUNT_MATCH, byteAt(bytes, CONFIG.CountMatch)),
    chipMode: decodeFields(CHIP_MODE, byteAt(bytes, CONFIG.ChipMode)),
    slots: Array.from({ length: SLOTS }, (_, slot) => ({
      slotConfig: decodeFields(SLOT_CONFIG, uint16At(bytes, CONFIG.SlotConfig + 2 * slot)),
      keyConfig: decodeFields(KEY_CONFIG, uint16At(bytes, CONFIG.KeyConfig + 2 * slot)),
      locked: (slotLocked & (1 << slot)) === 0,
    })),
    counters: [
      decodeCounter(bytes.subarray(CONFIG.Counter)),
      decodeCounter(bytes.subarray(CONFIG.Counter + COUNTER_SIZE)),
    ],
    useLock: decodeFields(USE_LOCK, byteAt(bytes, CONFIG.UseLock)),
    volatileKeyPermission: decodeFields(VOLATILE_KEY_PERMISSION, byteAt(bytes, CONFIG.VolatileKeyPermission)),
    secureBoot: decodeFields(SECURE_BOOT, uint16At(bytes, CONFIG.SecureBoot)),
    kdfIvLoc: byteAt(bytes, CONFIG.KdfIvLoc),
    kdfIvStr: new Uint8Array(bytes.subarray(CONFIG.KdfIvStr, CONFIG.KdfIvStr + 2)),
    userExtra: byteAt(bytes, CONFIG.UserExtra),
    userExtraAdd: byteAt(bytes, CONFIG.UserExtraAdd),
    lockValue: byteAt(bytes, CONFIG.LockValue),
    lockConfig: byteAt(bytes, CONFIG.LockConfig),
    chipOptions: decodeFields(CHIP_OPTIONS, uint16At(bytes, CONFIG.ChipOptions)),
    x509Format: Array.from({ length: 4 }, (_, index) =>
      decodeFields(X509_FORMAT, byteAt(bytes, CONFIG.X509Format + index)),
    ),
    reserved: Uint8Array.from(RESERVED_OFFSETS, (offset) => byteAt(bytes, offset)),
  };
}

/** How many there are of what `ConfigZone` has several of. */
const LENGTHS = {
  serialNumber: 9,
  revNum: 4,
  slots: SLOTS,
  counters: 2,
  kdfIvStr: 2,
  x509Format: 4,
  reserved: 11,
} as const;

/** The 128 bytes. Throws `EMU_E_CHIP_CONFIG` for a value that does not fit its bits, and for too few or too many of them. */
export function encodeConfig(config: ConfigZone): Uint8Array {
  for (const [name, length] of Object.entries(LENGTHS)) {
    const value = config[name as keyof typeof LENGTHS];
    if (value.length !== length) throw new EmuError('EMU_E_CHIP_CONFIG', `${name} has ${length} entries`, { value });
  }
  const bytes = new Uint8Array(CONFIG_SIZE);
  const putUint16 = (offset: number, value: number) => bytes.set([value & 0xff, value >> 8], offset);
  bytes.set(config.serialNumber.subarray(0, 4), CONFIG.SerialNumberLow);
  bytes.set(config.serialNumber.subarray(4, 9), CONFIG.SerialNumberHigh);
  bytes.set(config.revNum, CONFIG.RevNum);
  bytes[CONFIG.AesEnable] = fitting('aesEnable', 8, config.aesEnable);
  bytes[CONFIG.I2cEnable] = fitting('i2cEnable', 8, config.i2cEnable);
  bytes[CONFIG.I2cAddress] = fitting('i2cAddress', 8, config.i2cAddress);
  bytes[CONFIG.CountMatch] = encodeFields(COUNT_MATCH, config.countMatch);
  bytes[CONFIG.ChipMode] = encodeFields(CHIP_MODE, config.chipMode);
  let slotLocked = 0;
  config.slots.forEach((policy, slot) => {
    putUint16(CONFIG.SlotConfig + 2 * slot, encodeFields(SLOT_CONFIG, policy.slotConfig));
    putUint16(CONFIG.KeyConfig + 2 * slot, encodeFields(KEY_CONFIG, policy.keyConfig));
    if (!policy.locked) slotLocked |= 1 << slot;
  });
  config.counters.forEach((counter, index) => {
    for (const [name, value] of Object.entries(counter)) fitting(name, 16, value);
    bytes.set(encodeCounter(counter), CONFIG.Counter + COUNTER_SIZE * index);
  });
  bytes[CONFIG.UseLock] = encodeFields(USE_LOCK, config.useLock);
  bytes[CONFIG.VolatileKeyPermission] = encodeFields(VOLATILE_KEY_PERMISSION, config.volatileKeyPermission);
  putUint16(CONFIG.SecureBoot, encodeFields(SECURE_BOOT, config.secureBoot));
  bytes[CONFIG.KdfIvLoc] = fitting('kdfIvLoc', 8, config.kdfIvLoc);
  bytes.set(config.kdfIvStr, CONFIG.KdfIvStr);
  bytes[CONFIG.UserExtra] = fitting('userExtra', 8, config.userExtra);
  bytes[CONFIG.UserExtraAdd] = fitting('userExtraAdd', 8, config.userExtraAdd);
  bytes[CONFIG.LockValue] = fitting('lockValue', 8, config.lockValue);
  bytes[CONFIG.LockConfig] = fitting('lockConfig', 8, config.lockConfig);
  putUint16(CONFIG.SlotLocked, slotLocked);
  putUint16(CONFIG.ChipOptions, encodeFields(CHIP_OPTIONS, config.chipOptions));
  config.x509Format.forEach((format, index) => {
    bytes[CONFIG.X509Format + index] = encodeFields(X509_FORMAT, format);
  });
  RESERVED_OFFSETS.forEach((offset, index) => {
    bytes[offset] = byteAt(config.reserved, index);
  });
  return bytes;
}
