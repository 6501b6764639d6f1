import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTime } from '../../../emulator/crypto/x509-time.ts';

const [UTC_TIME, GENERALIZED_TIME] = [0x17, 0x18];
const read = (tag: number, text: string) => {
  const content = new TextEncoder().encode(text);
  return readTime({ tag, content, whole: content });
};

describe('a time of a certificate (RFC 5280 4.1.2.5)', () => {
  it.each([
    [UTC_TIME, '700101000000Z', '1970-01-01T00:00:00Z'],
    [UTC_TIME, '500101000000Z', '1950-01-01T00:00:00Z'],
    [UTC_TIME, '491231235959Z', '2049-12-31T23:59:59Z'],
    [UTC_TIME, '000229120000Z', '2000-02-29T12:00:00Z'],
    [UTC_TIME, '260131235959Z', '2026-01-31T23:59:59Z'],
    [UTC_TIME, '260430000000Z', '2026-04-30T00:00:00Z'],
    [UTC_TIME, '261231235959Z', '2026-12-31T23:59:59Z'],
    [GENERALIZED_TIME, '20500101000000Z', '2050-01-01T00:00:00Z'],
    // 2100 is no leap year, 2400 is one; the last is that of a certificate without an end.
    [GENERALIZED_TIME, '21000301000000Z', '2100-03-01T00:00:00Z'],
    [GENERALIZED_TIME, '24000229000000Z', '2400-02-29T00:00:00Z'],
    [GENERALIZED_TIME, '99991231235959Z', '9999-12-31T23:59:59Z'],
  ])('%i %s is %s', (tag, text, iso) => {
    expect(read(tag, text)).toBe(Date.parse(iso) / 1000);
  });

  it('is what Date makes of it, in any year', () => {
    const [first, last] = [Date.UTC(1950, 0, 1), Date.UTC(9999, 11, 31)];
    fc.assert(
      fc.property(fc.date({ min: new Date(first), max: new Date(last), noInvalidDate: true }), (date) => {
        const text = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
        expect(read(GENERALIZED_TIME, text)).toBe(Math.floor(date.getTime() / 1000));
      }),
    );
  });

  it.each([
    [UTC_TIME, '7001010000Z'],
    [UTC_TIME, '19700101000000Z'],
    [GENERALIZED_TIME, '700101000000Z'],
    [GENERALIZED_TIME, '20500101000000+0000'],
    [GENERALIZED_TIME, '20500101000000.5Z'],
    [0x0c, '700101000000Z'],
    [0x0c, '20500101000000Z'],
    // x509_date_is_valid of mbedTLS refuses what no calendar has.
    [UTC_TIME, '260001000000Z'],
    [UTC_TIME, '261301000000Z'],
    [UTC_TIME, '260100000000Z'],
    [UTC_TIME, '260132000000Z'],
    [UTC_TIME, '260431000000Z'],
    [UTC_TIME, '260229000000Z'],
    [UTC_TIME, '240230000000Z'],
    [UTC_TIME, '261232000000Z'],
    [GENERALIZED_TIME, '21000229000000Z'],
    [UTC_TIME, '260101240000Z'],
    [UTC_TIME, '260101006000Z'],
    [UTC_TIME, '260101000060Z'],
  ])('%i %s is none', (tag, text) => {
    expect(() => read(tag, text)).toThrow(expect.objectContaining({ code: 'EMU_E_DER_MALFORMED' }));
  });
});
