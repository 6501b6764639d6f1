import { describe, expect, it } from 'vitest';
import {
  I2cProtocolError,
  type I2cRequest,
  I2cRequestReader,
  readReply,
  waitReply,
  writeReply,
} from '../../../src/board/i2c-requests.ts';
import { hex, toHex } from '../../support/atecc608.ts';

/** W to 60 of 03 07; S to 76 of F7; R from 76 of 8 bytes; W to 60 of nothing; D of 1500 us. */
const STREAM = hex('57 60 0200 0307  53 76 0100 F7  52 76 0800  57 60 0000  44 00 0400 DC050000');
const REQUESTS: readonly I2cRequest[] = [
  { kind: 'write', address: 0x60, bytes: hex('0307'), stop: true },
  { kind: 'write', address: 0x76, bytes: hex('F7'), stop: false },
  { kind: 'read', address: 0x76, length: 8 },
  { kind: 'write', address: 0x60, bytes: hex(''), stop: true },
  { kind: 'wait', ms: 1.5 },
];

function readAll(chunks: readonly Uint8Array[]): I2cRequest[] {
  const reader = new I2cRequestReader();
  const requests: I2cRequest[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next()) requests.push(next);
  }
  return requests.map((request) =>
    request.kind === 'write' ? { ...request, bytes: Uint8Array.from(request.bytes) } : request,
  );
}

describe('the requests of the I2C port', () => {
  it('reads them whole, split at every byte, and byte by byte', () => {
    expect(readAll([STREAM])).toEqual(REQUESTS);
    for (let at = 0; at <= STREAM.length; at++) {
      expect(readAll([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(REQUESTS);
    }
    expect(readAll(Array.from(STREAM, (byte) => Uint8Array.of(byte)))).toEqual(REQUESTS);
  });

  it('takes writes and reads of 65535 bytes', () => {
    const long = new Uint8Array(65_535).fill(0xa5);
    expect(readAll([hex('57 60 FFFF'), long, hex('52 60 FFFF')])).toEqual([
      { kind: 'write', address: 0x60, bytes: long, stop: true },
      { kind: 'read', address: 0x60, length: 65_535 },
    ]);
  });

  it('refuses what begins with another letter, as soon as it is there', () => {
    for (let op = 0; op < 256; op++) {
      if ([0x57, 0x53, 0x52, 0x44].includes(op)) continue;
      expect(() => readAll([Uint8Array.of(op)])).toThrow(I2cProtocolError);
    }
    expect(() => readAll([hex('57 60 0000'), hex('77 60 0000')])).toThrow('not with byte 119');
  });

  it('refuses addresses of eight bits', () => {
    for (const address of [0x80, 0xc0, 0xff]) {
      expect(() => readAll([Uint8Array.of(0x52, address)])).toThrow(I2cProtocolError);
    }
    expect(readAll([hex('52 7F 0000')])).toEqual([{ kind: 'read', address: 0x7f, length: 0 }]);
  });
});

describe('a wait of the driver', () => {
  it('is of 10 s at most, in 4 bytes, and of no address', () => {
    expect(readAll([hex('44 00 0400 80969800')])).toEqual([{ kind: 'wait', ms: 10_000 }]);
    for (const wrong of ['44 00 0400 81969800', '44 60 0400', '44 00 0000', '44 00 0500', '44 00 0404']) {
      expect(() => readAll([hex(wrong)])).toThrow(I2cProtocolError);
    }
  });

  it('is answered like a transfer that was acknowledged', () => {
    expect(toHex(waitReply())).toBe('000000');
  });
});

describe('the replies of the I2C port', () => {
  it('say how a write was taken, and how much of it', () => {
    expect(toHex(writeReply({ ack: 'ack' }))).toBe('000000');
    expect(toHex(writeReply({ ack: 'address-nack' }))).toBe('010000');
    expect(toHex(writeReply({ ack: 'data-nack', taken: 0x0102 }))).toBe('0202000201');
  });

  it('bring what was read', () => {
    expect(toHex(readReply(hex('04113343')))).toBe('00040004113343');
    expect(toHex(readReply(hex('')))).toBe('000000');
    expect(toHex(readReply(undefined))).toBe('010000');
    expect(toHex(readReply(new Uint8Array(0x1234).fill(0xff)).subarray(0, 4))).toBe('003412FF');
  });
});
