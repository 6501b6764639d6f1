import { crc16, OPCODE, type Opcode, WORD_ADDRESS } from '../../atecc608/index.ts';
import { EmuError } from '../../errors.ts';

export const NO_DATA: Uint8Array = new Uint8Array(0);

export function opcodeName(opcode: Opcode): string {
  return Object.entries(OPCODE).find(([, value]) => value === opcode)?.[0] ?? 'an unknown command';
}

/** Word address, count, opcode, param1, param2 (LE), data, CRC (LE). */
export function commandFrame(opcode: Opcode, param1: number, param2: number, data: Uint8Array): Uint8Array {
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

/** The payload of a reply of `count` bytes, itself and two of CRC included; `rest` is all after the count byte. */
export function payloadOf(opcode: Opcode, count: number, rest: Uint8Array | undefined): Uint8Array {
  if (rest === undefined) {
    throw new EmuError('EMU_E_CHIP_REPLY', `the chip announced ${count} bytes in reply to ${opcodeName(opcode)}`, {
      value: count,
    });
  }
  const reply = new Uint8Array(count);
  reply[0] = count;
  reply.set(rest, 1);
  const end = count - 2;
  const crc = crc16(reply, 0, end);
  if (reply[end] !== (crc & 0xff) || reply[end + 1] !== crc >> 8) {
    throw new EmuError('EMU_E_CHIP_REPLY', `the reply to ${opcodeName(opcode)} has a wrong CRC`, { value: reply });
  }
  return reply.subarray(1, end);
}
