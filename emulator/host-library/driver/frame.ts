import { crc16, OPCODE, type Opcode, WORD_ADDRESS } from '../../atecc608/index.ts';
import { EmuError } from '../../errors.ts';

/** Of a command that has none. */
export const NO_DATA: Uint8Array = new Uint8Array(0);

export function opcodeName(opcode: Opcode): string {
  return Object.entries(OPCODE).find(([, value]) => value === opcode)?.[0] ?? 'an unknown command';
}

/** What the longest packet, 151 bytes, has behind its head. */
const MAX_DATA = 144;

/** Word address, count, opcode, param1, param2 (LE), data, CRC (LE). Throws `EMU_E_CHIP_PACKET` for what does not fit. */
export function commandFrame(opcode: Opcode, param1: number, param2: number, data: Uint8Array): Uint8Array {
  requireWord('param1', param1, 0xff);
  requireWord('param2', param2, 0xffff);
  if (data.length > MAX_DATA) {
    throw new EmuError('EMU_E_CHIP_PACKET', `a packet has at most ${MAX_DATA} bytes of data`, { value: data.length });
  }
  const frame = new Uint8Array(8 + data.length);
  frame[0] = WORD_ADDRESS.Command;
  frame[1] = 7 + data.length;
  frame[2] = opcode;
  frame[3] = param1;
  frame[4] = param2;
  frame[5] = param2 >> 8;
  frame.set(data, 6);
  const crc = crc16(frame, 1, 6 + data.length);
  frame[6 + data.length] = crc;
  frame[7 + data.length] = crc >> 8;
  return frame;
}

function requireWord(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new EmuError('EMU_E_CHIP_PACKET', `${name} is from 0 to ${max}`, { value });
}

/**
 * The payload of a reply that was read in two: its count byte, then the rest of what the count announces (itself and two
 * bytes of CRC included), if it announces a packet at all.
 */
export function payloadOf(opcode: Opcode, first: Uint8Array, rest: Uint8Array | undefined): Uint8Array {
  if (rest === undefined) {
    throw new EmuError('EMU_E_CHIP_REPLY', `the chip announced ${first[0]} bytes in reply to ${opcodeName(opcode)}`, {
      value: first[0],
    });
  }
  const end = rest.length - 2;
  const crc = crc16(rest, 0, end, crc16(first));
  if (rest[end] !== (crc & 0xff) || rest[end + 1] !== crc >> 8) {
    throw new EmuError('EMU_E_CHIP_REPLY', `the reply to ${opcodeName(opcode)} has a wrong CRC`, { value: rest });
  }
  return rest.subarray(0, end);
}
