import { bits } from './bit-fields.ts';
import type { Command } from './command.ts';
import { commandOf } from './commands/table.ts';
import { CHIP_MODE, CONFIG } from './config-layout.ts';
import { crc16 } from './crc16.ts';
import { byteAt, uint16At } from './memory.ts';
import { isFailed } from './self-test.ts';
import type { ChipState } from './state.ts';
import { STATUS, type Status } from './status.ts';
import { isTransportLocked } from './transport-lock.ts';

/** Count, opcode, param1, param2 and CRC. */
const OVERHEAD = 7;
const MAX_COUNT = 151;

const NO_DATA = new Uint8Array(0);

/** How many bytes a packet that begins with `count` needs before the chip can answer it. */
export function packetLength(count: number): number {
  // A count that no packet has is answered at once: what it covers is unknown.
  return count < OVERHEAD || count > MAX_COUNT ? 1 : count;
}

/** The command of the packet at `offset`, or the status that refuses it. CRC errors win over every other error. */
export function parsePacket(bytes: Uint8Array, offset: number): Command | Status {
  const count = byteAt(bytes, offset);
  if (packetLength(count) === 1) return STATUS.CrcError;
  const end = offset + count - 2;
  if (crc16(bytes, offset, end) !== uint16At(bytes, end)) return STATUS.CrcError;
  const command = commandOf(byteAt(bytes, offset + 1));
  return command?.lengths.includes(count - OVERHEAD) ? command : STATUS.ParseError;
}

export function executePacket(
  chip: ChipState,
  command: Command,
  bytes: Uint8Array,
  offset: number,
): Status | Uint8Array {
  const end = offset + byteAt(bytes, offset) - 2;
  const data = end === offset + 5 ? NO_DATA : bytes.subarray(offset + 5, end);
  const param1 = byteAt(bytes, offset + 2);
  if (isFailed(chip, command.opcode, param1)) return STATUS.SelfTestFailure;
  if (isTransportLocked(chip, command.opcode, param1)) return STATUS.ExecutionError;
  return command.execute(chip, param1, uint16At(bytes, offset + 3), data);
}

/** The command's longest execution time in ms at the chip's clock divider; an undefined divider counts as M0. */
export function executionTime(chip: ChipState, command: Command): number {
  const divider = bits(byteAt(chip.memory, CONFIG.ChipMode), CHIP_MODE.clockDivider);
  if (divider === 0x05) return command.executionTime[1];
  return command.executionTime[divider === 0x0d ? 2 : 0];
}
