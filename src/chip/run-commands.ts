import { type Atecc608, crc16, OPCODE, WORD_ADDRESS } from '../../emulator/atecc608/index.ts';
import { type Exchange, exchange } from './exchanges.ts';

/** A packet to send, or why a text is none. */
export type ParsedCommand = { readonly packet: Uint8Array } | { readonly problem: string };

const HEAD = 5;
const CRC_SIZE = 2;
const MAX_DATA = 144;

/** `GenKey 04 0000`, name, param1, param2 and data in hexadecimal, what is left out being 0; or the bytes of a packet. */
export function parseChipCommand(text: string): ParsedCommand {
  const [name = '', ...params] = text.trim().split(/\s+/);
  const known = Object.entries(OPCODE).find(([command]) => command.toLowerCase() === name.toLowerCase());
  if (known === undefined) return parsePacket(text.replaceAll(/\s/g, ''), name);
  const [param1 = '0', param2 = '0', ...data] = params;
  const [first, second] = [hexNumber(param1, 0xff), hexNumber(param2, 0xffff)];
  if (first === undefined) return { problem: `param1 is a byte in hexadecimal, not ${param1}` };
  if (second === undefined) return { problem: `param2 is two bytes in hexadecimal, not ${param2}` };
  const digits = data.join('');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return { problem: `data is pairs of hexadecimal digits, not ${digits}` };
  if (digits.length / 2 > MAX_DATA) return { problem: `a packet has at most ${MAX_DATA} bytes of data` };
  return { packet: packetOf(known[1], first, second, Buffer.from(digits, 'hex')) };
}

function parsePacket(digits: string, name: string): ParsedCommand {
  if (/^(?:[0-9a-f]{2})+$/i.test(digits)) return { packet: Uint8Array.from(Buffer.from(digits, 'hex')) };
  return { problem: `${name} is neither a command of the chip nor a packet in hexadecimal` };
}

function hexNumber(text: string, max: number): number | undefined {
  const value = /^(?:0x)?[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  return value <= max ? value : undefined;
}

function packetOf(opcode: number, param1: number, param2: number, data: Uint8Array): Uint8Array {
  const packet = new Uint8Array(HEAD + data.length + CRC_SIZE);
  packet.set([packet.length, opcode, param1, param2 & 0xff, param2 >> 8]);
  packet.set(data, HEAD);
  const crc = crc16(packet, 0, HEAD + data.length);
  packet.set([crc & 0xff, crc >> 8], HEAD + data.length);
  return packet;
}

/** Sends one packet as hosts do, between wake and idle. */
export function runPacket(chip: Atecc608, packet: Uint8Array): Exchange {
  chip.generalCall();
  const written = Uint8Array.of(WORD_ADDRESS.Command, ...packet);
  chip.write(written);
  const count = chip.read(1) ?? new Uint8Array(0);
  // A chip that waits for the rest of a packet has no reply: the bus stays at FF.
  const rest = count[0] === 0xff ? undefined : chip.read((count[0] ?? 1) - 1);
  chip.write(Uint8Array.of(WORD_ADDRESS.Idle));
  return exchange(written, rest === undefined ? new Uint8Array(0) : Uint8Array.of(...count, ...rest));
}
