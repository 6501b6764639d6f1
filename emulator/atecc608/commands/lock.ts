import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, KEY_CONFIG } from '../config-layout.ts';
import { crc16 } from '../crc16.ts';
import { CONFIG_SIZE, DATA_OFFSET, MEMORY_SIZE, OTP_OFFSET, uint16At, ZONE } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { keyConfigOf } from '../slots.ts';
import type { ChipState } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isConfigLocked, isDataLocked, isSlotLocked } from '../zones.ts';

const TARGET = 0x03; // mode bits 1:0: a zone, or one slot
const ONE_SLOT = 0x02;
const SLOT_SHIFT = 2; // mode bits 5:2
const IGNORE_CRC = 0x80;

const LOCKED = Uint8Array.of(0x00);

/** Locks the configuration, data with OTP, or one slot; for good. */
export const lock: Command = {
  opcode: OPCODE.Lock,
  name: 'Lock',
  lengths: [0],
  executionTime: [35, 35, 35],
  execute(chip, mode, crc) {
    const slot = (mode >> SLOT_SHIFT) & 0x0f;
    const target = mode & TARGET;
    if (mode & 0x40 || target > ONE_SLOT) return STATUS.ParseError;
    if (target === ONE_SLOT) return lockSlot(chip, slot);
    if (slot !== 0) return STATUS.ParseError;
    return lockZone(chip, target, mode & IGNORE_CRC ? undefined : crc);
  },
};

/** `crc` is over the zone as it is before the lock: the configuration, or the slots and then OTP. */
function lockZone(chip: ChipState, zone: number, crc: number | undefined): Status {
  const { memory } = chip;
  const isConfig = zone === ZONE.Config;
  if (isConfig ? isConfigLocked(memory) : !isConfigLocked(memory) || isDataLocked(memory)) return STATUS.ExecutionError;
  if (crc !== undefined) {
    const actual = isConfig
      ? crc16(memory, 0, CONFIG_SIZE)
      : crc16(memory, OTP_OFFSET, DATA_OFFSET, crc16(memory, DATA_OFFSET, MEMORY_SIZE));
    if (crc !== actual) return STATUS.ExecutionError;
  }
  chip.store(isConfig ? CONFIG.LockConfig : CONFIG.LockValue, LOCKED);
  return STATUS.Success;
}

/** Freezes a lockable slot, before or after the data lock; the CRC is ignored. */
function lockSlot(chip: ChipState, slot: number): Status {
  const { memory } = chip;
  const lockable = has(keyConfigOf(memory, slot), KEY_CONFIG.lockable);
  if (!isConfigLocked(memory) || !lockable || isSlotLocked(memory, slot)) return STATUS.ExecutionError;
  const slotLocked = uint16At(memory, CONFIG.SlotLocked) & ~(1 << slot);
  chip.store(CONFIG.SlotLocked, Uint8Array.of(slotLocked & 0xff, slotLocked >> 8));
  return STATUS.Success;
}
