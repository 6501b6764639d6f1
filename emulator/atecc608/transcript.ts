import type { TransactionDecoder } from '../i2c/index.ts';
import { byteAt, uint16At } from './memory.ts';
import { OPCODE, WORD_ADDRESS } from './opcodes.ts';
import { STATUS, statusName } from './status.ts';

/**
 * Says what a transfer to or from the chip means: `GenKey p1=04 p2=FFFF`, `Nonce p1=43 p2=0000 data=32`, `reset`,
 * `idle`, `sleep`; `awake`, `status 0F ExecutionError`, `64 bytes`. A reply that was read in pieces makes sense when its reads
 * are merged (`normalise`); a piece says nothing.
 */
export const atecc608Decoder: TransactionDecoder = { write: describeWrite, read: describeRead };

const commandNames = new Map<number, string>(Object.entries(OPCODE).map(([name, opcode]) => [opcode, name]));

function describeWrite(bytes: Uint8Array): string {
  switch (bytes[0]) {
    case undefined:
      return '';
    case WORD_ADDRESS.Reset:
      return 'reset';
    case WORD_ADDRESS.Sleep:
      return 'sleep';
    case WORD_ADDRESS.Idle:
      return 'idle';
    case WORD_ADDRESS.Command:
      return describePacket(bytes.subarray(1));
    default:
      return `reserved word address ${hex(byteAt(bytes, 0), 2)}`;
  }
}

function describePacket(packet: Uint8Array): string {
  if (packet.length < 7 || packet.length !== packet[0]) return `${packet.length} bytes of a packet`;
  const opcode = byteAt(packet, 1);
  const name = commandNames.get(opcode) ?? `opcode ${hex(opcode, 2)}`;
  const data = packet.length > 7 ? ` data=${packet.length - 7}` : '';
  return `${name} p1=${hex(byteAt(packet, 2), 2)} p2=${hex(uint16At(packet, 3), 4)}${data}`;
}

function describeRead(bytes: Uint8Array): string {
  const count = bytes[0];
  if (count === undefined || count < 4 || count > bytes.length) return '';
  if (count > 4) return `${count - 3} bytes`;
  const status = byteAt(bytes, 1);
  if (status === STATUS.AfterWake) return 'awake';
  const name = statusName(status);
  return `status ${hex(status, 2)}${name === undefined ? '' : ` ${name}`}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
