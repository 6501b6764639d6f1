import { describe, expect, test } from 'vitest';
import { OPCODE } from '../../../emulator/atecc608/index.ts';
import { type Host, packet, packetCrc, seedChip } from '../../support/atecc608.ts';
import { filled, flipped, zeros } from '../../support/atecc608-messages.ts';

const [PARSE_ERROR, EXECUTION_ERROR, CRC_ERROR] = [0x03, 0x0f, 0xff];

/** The status that a packet gets, which is as it comes. */
function statusOf(host: Host, bytes: Uint8Array): number {
  host.chip.generalCall();
  host.chip.write(Uint8Array.of(0x03, ...bytes));
  const reply = host.receive();
  return reply.length === 1 ? (reply[0] as number) : 0;
}

const opcodes = (...names: (keyof typeof OPCODE)[]) => names.map((name) => [name, OPCODE[name]] as const);

describe('the count', () => {
  /** A packet whose count byte says `count`, with a CRC over what it says, of whatever command. */
  function counted(opcode: number, count: number): Uint8Array {
    const body = Uint8Array.of(count, opcode, ...filled(0, 300)).subarray(0, Math.max(count, 7) - 2);
    const crc = packetCrc(body);
    return Uint8Array.of(...body, crc & 0xff, crc >> 8);
  }

  test('below 7 and above 151 is a CRC error for every command, at once', () => {
    const host = seedChip();
    for (const opcode of Object.values(OPCODE)) {
      for (let count = 0; count < 256; count++) {
        if (count >= 7 && count <= 151) continue;
        expect(statusOf(host, Uint8Array.of(count)), `count ${count}`).toBe(CRC_ERROR);
        expect(statusOf(host, counted(opcode, count)), `opcode ${opcode}, count ${count}`).toBe(CRC_ERROR);
      }
    }
  });

  // Each list of the data sheet's packets: how many bytes of data the command takes.
  test.each([
    [opcodes('Read', 'Lock', 'Random', 'UpdateExtra', 'Counter', 'Info', 'Sign', 'SelfTest'), [0]],
    [opcodes('GenKey'), [0, 3]],
    [opcodes('MAC', 'DeriveKey'), [0, 32]],
    [opcodes('GenDig'), [0, 4, 32]],
    [opcodes('Write'), [4, 32, 64]],
    [opcodes('Nonce'), [20, 32, 64]],
    [opcodes('CheckMac'), [77]],
    [opcodes('ECDH'), [64]],
    [opcodes('PrivWrite'), [68]],
    [opcodes('Verify'), [64, 83, 128]],
    [opcodes('SecureBoot'), [32, 96]],
    [opcodes('AES'), [16, 32]],
  ] as const)('of 7 to 151 that the command does not know is a parse error: %j takes %j', (commands, lengths) => {
    for (const [name, opcode] of commands) {
      for (let count = 7; count <= 151; count++) {
        if ((lengths as readonly number[]).includes(count - 7)) continue;
        expect(statusOf(seedChipOnce(), counted(opcode, count)), `${name}, ${count - 7} bytes`).toBe(PARSE_ERROR);
      }
    }
  });

  test('SHA and KDF say in the packet how long their data are, and another count is a parse error', () => {
    const host = seedChipOnce();
    for (let length = 0; length <= 144; length++) {
      // Fewer bytes than 64 where 64 are announced are taken, as sha.test.ts shows.
      const announced = length === 63 ? 0 : (length + 1) % 145;
      expect(statusOf(host, packet(OPCODE.SHA, 0x01, announced, zeros(length)))).toBe(PARSE_ERROR);
      const details = zeros(length);
      if (length >= 4) details[3] = (length - 4 + 1) & 0xff;
      expect(statusOf(host, packet(OPCODE.KDF, 0x10, 0, details)), `KDF, ${length} bytes`).toBe(PARSE_ERROR);
    }
  });

  let shared: Host | undefined;
  function seedChipOnce(): Host {
    shared ??= seedChip();
    return shared;
  }
});

test('a CRC that is wrong in any bit, or belongs to a packet with any other bit, is a CRC error', () => {
  const host = seedChip();
  for (const sent of [packet(OPCODE.Info), packet(OPCODE.Nonce, 0x03, 0, filled(0x5a)), packet(0x99, 0xff, 0xffff)]) {
    // The count's own bits say how much is to come.
    for (let bit = 8; bit < 8 * sent.length; bit++) {
      expect(statusOf(host, flipped(sent, bit)), `bit ${bit}`).toBe(CRC_ERROR);
    }
    expect(statusOf(host, sent)).not.toBe(CRC_ERROR);
  }
});

test('every opcode that the chip does not have is a parse error, whatever its parameters', () => {
  const host = seedChip();
  const known = new Set<number>(Object.values(OPCODE));
  expect(known.size).toBe(22);
  for (let opcode = 0; opcode <= 0xff; opcode++) {
    if (known.has(opcode)) continue;
    for (const [param1, param2, length] of [
      [0, 0, 0],
      [0xff, 0xffff, 32],
      [0x02, 0x0008, 64],
    ] as const) {
      expect(statusOf(host, packet(opcode, param1, param2, zeros(length))), `opcode ${opcode}`).toBe(PARSE_ERROR);
    }
  }
});

describe('reserved bits', () => {
  /** Each command with a mode, a length, and those bits of param1 that mean nothing there. */
  const MODES: readonly (readonly [name: keyof typeof OPCODE, mode: number, length: number, reserved: number])[] = [
    ['Read', 0x80, 0, 0x7c],
    ['Write', 0x82, 32, 0x3c],
    ['Nonce', 0x00, 20, 0xfc],
    ['Nonce', 0x03, 32, 0x1c],
    ['Lock', 0x80, 0, 0x40],
    ['Lock', 0x81, 0, 0x7c],
    ['Random', 0x00, 0, 0xfe],
    ['UpdateExtra', 0x00, 0, 0xfe],
    ['Info', 0x00, 0, 0xf8],
    ['GenKey', 0x04, 0, 0xf3],
    ['Sign', 0x80, 0, 0x1e],
    ['Sign', 0x00, 0, 0x3e],
    ['ECDH', 0x0c, 64, 0xf0],
    ['ECDH', 0x04, 64, 0xf2],
    ['SHA', 0x00, 0, 0xf8],
    ['AES', 0x00, 16, 0x38],
    ['KDF', 0x50, 8, 0x88],
    ['Counter', 0x00, 0, 0xfe],
    ['SelfTest', 0x00, 0, 0xc0],
    ['GenDig', 0x00, 0, 0xf8],
    ['MAC', 0x00, 32, 0xb8],
    ['CheckMac', 0x00, 77, 0xd8],
    ['DeriveKey', 0x00, 0, 0xfb],
    ['PrivWrite', 0x00, 68, 0xbf],
    ['Verify', 0x02, 128, 0x58],
    ['SecureBoot', 0x05, 96, 0x38],
  ];

  test.each(MODES)('of param1 are a parse error: %s %i with %i bytes, %i', (name, mode, length, reserved) => {
    const host = seedChip();
    for (let bit = 0x01; bit <= 0x80; bit <<= 1) {
      if ((reserved & bit) === 0) continue;
      expect(statusOf(host, packet(OPCODE[name], mode ^ bit, 0, zeros(length))), `bit ${bit}`).toBe(PARSE_ERROR);
    }
  });

  /** And those values of param2, bit by bit, that name nothing. */
  const PARAM2: readonly (readonly [name: keyof typeof OPCODE, mode: number, length: number, reserved: number])[] = [
    ['Read', 0x82, 0, 0xf080],
    ['Write', 0x82, 32, 0xf080],
    ['Read', 0x80, 0, 0xffe0],
    ['Nonce', 0x00, 20, 0x7fff],
    ['Nonce', 0x03, 32, 0xffff],
    ['Random', 0x00, 0, 0xffff],
    ['Info', 0x01, 0, 0xfff0],
    ['GenKey', 0x04, 0, 0xfff0],
    ['Sign', 0x80, 0, 0xfff0],
    ['ECDH', 0x0c, 64, 0xfff0],
    ['SHA', 0x00, 0, 0xffff],
    ['SHA', 0x04, 0, 0xfff0],
    ['AES', 0x00, 16, 0xfff0],
    ['Counter', 0x00, 0, 0xfffe],
    ['SelfTest', 0x00, 0, 0xffff],
    ['GenDig', 0x00, 0, 0xfffc],
    ['GenDig', 0x02, 4, 0xfff0],
    ['MAC', 0x00, 32, 0xfff0],
    ['CheckMac', 0x00, 77, 0xfff0],
    ['DeriveKey', 0x00, 0, 0xfff0],
    ['PrivWrite', 0x00, 68, 0xfff0],
    ['Verify', 0x00, 64, 0xfff0],
    ['SecureBoot', 0x05, 96, 0xffff],
  ];

  test.each(PARAM2)('of param2 are a parse error: %s %i with %i bytes, %i', (name, mode, length, reserved) => {
    const host = seedChip();
    for (let bit = 0x0001; bit <= 0x8000; bit <<= 1) {
      if ((reserved & bit) === 0) continue;
      expect(statusOf(host, packet(OPCODE[name], mode, bit, zeros(length))), `bit ${bit}`).toBe(PARSE_ERROR);
    }
  });

  test('of packets that mean something are what they mean', () => {
    const host = seedChip();
    expect(statusOf(host, packet(OPCODE.Info))).toBe(0);
    expect(statusOf(host, packet(OPCODE.Read, 0x80))).toBe(0);
    expect(statusOf(host, packet(OPCODE.Sign, 0x80))).toBe(EXECUTION_ERROR);
  });
});
