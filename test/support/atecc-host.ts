import { ATECC608_ADDRESS, type Opcode } from '../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { AteccDriver, AteccHost } from '../../emulator/host-library/index.ts';
import { I2cBus, i2cController } from '../../emulator/i2c/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { keyConfigAt, seedChip, slotConfigAt } from './atecc608.ts';
import { storedPoint } from './atecc608-messages.ts';

export const MASTER = { slot: 6, value: Uint8Array.from({ length: 32 }, (_, index) => index + 1) };
export const IO_KEY = new Uint8Array(32).fill(0x5a);
export const AES_SLOT = 9;
export const ROLLED_SLOT = 10;
export const CREATED_SLOT = 11;
export const CREATED_WITH_MAC_SLOT = 12;
export const ENCRYPTED_SLOT = 5;
export const LONG_ENCRYPTED_SLOT = 14;
export const PRIVATE_SLOT = 7;
export const PUBLIC_SLOT = 15;
export const BOOT_DIGEST_SLOT = 13;
/** A secret that goes into no MAC. */
export const NO_MAC_SLOT = 3;
/** A public key that needs the maker's word. */
export const VALIDATED_SLOT = 8;

/** The key of the maker, whose public key the chip has. */
export const MAKER_SCALAR = Uint8Array.from({ length: 32 }, (_, index) => 0x40 + index);
export const MAKER_POINT = nodeCrypto.publicKey(MAKER_SCALAR) ?? new Uint8Array(0);

const SECURE_BOOT = 70;

/** Locked, with the master key in slot 6, slots around it that it reads, writes and derives, and secure boot (FullDig). */
const CHANGES = {
  [slotConfigAt(MASTER.slot)]: 0x808f,
  [keyConfigAt(MASTER.slot)]: 0x003c,
  [slotConfigAt(ENCRYPTED_SLOT)]: 0x46c6,
  [keyConfigAt(ENCRYPTED_SLOT)]: 0x003c,
  [slotConfigAt(LONG_ENCRYPTED_SLOT)]: 0x46c6,
  [keyConfigAt(LONG_ENCRYPTED_SLOT)]: 0x003c,
  [slotConfigAt(PRIVATE_SLOT)]: 0x4681,
  [keyConfigAt(PRIVATE_SLOT)]: 0x0033,
  [slotConfigAt(ROLLED_SLOT)]: 0x208f,
  [keyConfigAt(ROLLED_SLOT)]: 0x003c,
  [slotConfigAt(CREATED_SLOT)]: 0x368f,
  [keyConfigAt(CREATED_SLOT)]: 0x003c,
  [slotConfigAt(CREATED_WITH_MAC_SLOT)]: 0xb68f,
  [keyConfigAt(CREATED_WITH_MAC_SLOT)]: 0x003c,
  [SECURE_BOOT]: 0xfd13,
  [slotConfigAt(NO_MAC_SLOT)]: 0x809f,
  [keyConfigAt(NO_MAC_SLOT)]: 0x003c,
  [slotConfigAt(VALIDATED_SLOT)]: 0x0f0f,
  [keyConfigAt(VALIDATED_SLOT)]: 0x0032,
  [slotConfigAt(AES_SLOT)]: 0x808f,
  [keyConfigAt(AES_SLOT)]: 0x0038,
};

/** What happens to one command's data on its way to the chip. */
export type Tamper = (data: Uint8Array) => Uint8Array;

/** A driver on a line that someone changes: `tamper` sees the data of every `opcode`, `tamperReply` its payload. */
export class TamperedDriver extends AteccDriver {
  opcode: Opcode | undefined;
  tamper: Tamper = (data) => data;
  tamperReply: Tamper = (data) => data;

  override execute(opcode: Opcode, param1: number, param2: number, data?: Uint8Array): Uint8Array {
    if (opcode !== this.opcode) return super.execute(opcode, param1, param2, data);
    return this.tamperReply(super.execute(opcode, param1, param2, data && this.tamper(data)));
  }
}

/** A host and its driver before a chip with the keys above. */
export function hostAndDriver() {
  const { chip } = seedChip({
    changes: CHANGES,
    fill(host) {
      host.fill(MASTER.slot, MASTER.value);
      host.fill(ROLLED_SLOT, MASTER.value);
      host.fill(AES_SLOT, MASTER.value);
      host.fill(4, IO_KEY);
      host.fill(NO_MAC_SLOT, MASTER.value);
      for (const slot of [PUBLIC_SLOT, VALIDATED_SLOT]) host.fill(slot, storedPoint(MAKER_POINT));
    },
  });
  const bus = new I2cBus().attach(ATECC608_ADDRESS, chip);
  const driver = new TamperedDriver(i2cController(bus, new TaskClock(new ManualClock()), 'fast'));
  const host = AteccHost.open(driver, { crypto: nodeCrypto, rng: rootRng('host') });
  return { chip, driver, host };
}

/** A copy with one bit of it turned. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
