import { bits } from './bit-fields.ts';
import { CONFIG, USE_LOCK } from './config-layout.ts';
import { byteAt } from './memory.ts';
import { OPCODE } from './opcodes.ts';
import type { ChipState } from './state.ts';
import { isDataLocked } from './zones.ts';

const ENABLED = 0xa;

/** What a host needs to identify the chip and to prove the key. */
const ALWAYS: ReadonlySet<number> = new Set([
  OPCODE.Info,
  OPCODE.Nonce,
  OPCODE.Random,
  OPCODE.CheckMac,
  OPCODE.SelfTest,
]);

/**
 * Whether UseLock, the transport lock, refuses a command: from the data lock on, until CheckMac has proved its key, and
 * again after each sleep. Sources say that most commands fail and not which; these and reads of the configuration are
 * left.
 */
export function isTransportLocked(chip: ChipState, opcode: number, param1: number): boolean {
  if (bits(byteAt(chip.memory, CONFIG.UseLock), USE_LOCK.enable) !== ENABLED) return false;
  if (chip.unspecifiedBehaviour.useLock === 'ignored') return false;
  if (chip.transportUnlocked || !isDataLocked(chip.memory) || ALWAYS.has(opcode)) return false;
  return opcode !== OPCODE.Read || (param1 & 0x03) !== 0;
}
