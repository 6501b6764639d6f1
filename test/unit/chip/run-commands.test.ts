import { expect, test } from 'vitest';
import { parseChipCommand, runPacket } from '../../../src/chip/index.ts';
import { hex, makeChip, packet, packetCrc, toHex } from '../../support/atecc608.ts';

function withCrc(digits: string): string {
  const crc = packetCrc(hex(digits));
  return digits + toHex(Uint8Array.of(crc & 0xff, crc >> 8));
}

test.each([
  ['Info', packet(0x30)],
  ['info 0 0x0000', packet(0x30)],
  [' GenKey  04 0007 ', packet(0x40, 0x04, 0x0007)],
  [`Nonce 03 0 ${'AB'.repeat(16)} ${'cd'.repeat(16)}`, packet(0x16, 0x03, 0, hex('AB'.repeat(16) + 'CD'.repeat(16)))],
  ['07 30 00 00 00 03 5D', hex('0730000000035D')],
  ['0730', hex('0730')],
])('%j is a packet', (text, bytes) => {
  expect(parseChipCommand(text)).toEqual({ packet: bytes });
});

test.each([
  ['Frobnicate', 'Frobnicate is neither a command of the chip nor a packet in hexadecimal'],
  ['', ' is neither a command of the chip nor a packet in hexadecimal'],
  ['GenKey 100', 'param1 is a byte in hexadecimal, not 100'],
  ['GenKey 04 slot', 'param2 is two bytes in hexadecimal, not slot'],
  ['GenKey 04 10000', 'param2 is two bytes in hexadecimal, not 10000'],
  ['Nonce 03 0 abc', 'data is pairs of hexadecimal digits, not abc'],
  [`SHA 01 40 ${'00'.repeat(145)}`, 'a packet has at most 144 bytes of data'],
])('%j is none', (text, problem) => {
  expect(parseChipCommand(text)).toEqual({ problem });
});

test.each([
  ['0730000000035D', 'Info p1=00 p2=0000', '4 bytes', '07000060028038'],
  [toHex(packet(0x40, 0x04)), 'GenKey p1=04 p2=0000', 'status 0F ExecutionError', '040F2342'],
  ['07300000000000', 'Info p1=00 p2=0000', 'status FF CrcError', withCrc('04FF')],
  ['0730', '2 bytes of a packet', '', ''],
])('a chip that is sent %s', (sent, command, reply, received) => {
  expect(runPacket(makeChip(), hex(sent))).toEqual({
    time: undefined,
    command,
    reply,
    sent: hex(sent),
    received: hex(received),
  });
});
