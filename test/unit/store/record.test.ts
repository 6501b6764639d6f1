import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MEMORY_SIZE } from '../../../emulator/atecc608/index.ts';
import {
  decodeFacts,
  decodeIdentity,
  decodeMemory,
  encodeFacts,
  encodeIdentity,
  encodeMemory,
} from '../../../src/store/record.ts';

const serialNumber = Uint8Array.of(1, 0x23, 2, 3, 4, 5, 6, 7, 0xee);
const other = Uint8Array.of(1, 0x23, 2, 3, 4, 5, 6, 8, 0xee);
const macTail = Uint8Array.of(9, 10, 11);
const memory = new Uint8Array(MEMORY_SIZE).map((_, index) => index);
const facts = { fleet: 'f', runs: 3 };

const RECORDS: readonly (readonly [string, Buffer, (record: Uint8Array) => unknown])[] = [
  ['a memory', encodeMemory(serialNumber, memory), (record) => decodeMemory(serialNumber, record)],
  ['an identity', encodeIdentity({ index: 7, serialNumber, macTail }), (record) => decodeIdentity(7, record)],
  ['what a store says of itself', encodeFacts(facts), decodeFacts],
];

describe.each(RECORDS)('%s', (_, record, decode) => {
  it('is told from one of which any bit has flipped', () => {
    expect(decode(record)).toBeDefined();
    for (let bit = 0; bit < 8 * record.length; bit += record.length > 100 ? 37 : 1) {
      const damaged = Buffer.from(record);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decode(damaged), `bit ${bit}`).toBeUndefined();
    }
  });

  it('is none when it is shorter or longer', () => {
    for (const length of [0, 3, 4, record.length - 1]) expect(decode(record.subarray(0, length))).toBeUndefined();
    expect(decode(Buffer.concat([record, Buffer.alloc(1)]))).toBeUndefined();
  });
});

describe('a record', () => {
  it('belongs to its key alone', () => {
    expect(decodeMemory(other, encodeMemory(serialNumber, memory))).toBeUndefined();
    expect(decodeIdentity(8, encodeIdentity({ index: 7, serialNumber, macTail }))).toBeUndefined();
  });

  it('of another size is none, whatever its checksum', () => {
    const short = Uint8Array.of(1, 2, 3);
    const check = Buffer.alloc(4);
    check.writeUInt32LE(crc32(short, crc32(serialNumber)));
    expect(decodeMemory(serialNumber, Buffer.concat([short, check]))).toBeUndefined();
  });

  it('comes back as it was', () => {
    expect(decodeMemory(serialNumber, encodeMemory(serialNumber, memory))).toEqual(memory);
    expect(decodeIdentity(7, encodeIdentity({ index: 7, serialNumber, macTail }))).toEqual({
      ...{ index: 7, serialNumber, macTail, commonName: '0123020304050607ee' },
    });
    expect(decodeFacts(encodeFacts(facts))).toEqual(facts);
  });
});
