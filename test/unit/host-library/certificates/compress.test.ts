import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  compressDevice,
  compressSigner,
  decodeCompressed,
  decodeDates,
  encodeCompressed,
  encodeDates,
  hashSerialNumber,
  padPublicKey,
  unpadPublicKey,
} from '../../../../emulator/host-library/index.ts';
import { sequence } from '../../../support/der.ts';
import { filled, name, templateCertificate } from '../../../support/template-certificate.ts';
import { chainAt, hex, unhex, vectors } from './vectors.ts';

describe('an issued chain goes into the slots as the firmware writes it', () => {
  test.each(vectors.chains)('chain $i', (chain) => {
    const signer = compressSigner(unhex(chain.der.signer));
    expect(hex(signer.compressed)).toBe(chain.slots[12]);
    expect(hex(signer.record)).toBe(chain.slot14Written);
    expect(hex(signer.publicKey)).toBe(chain.slots[11]);
    const device = compressDevice(unhex(chain.der.device));
    expect(hex(device.compressed)).toBe(chain.slots[10]);
    expect(hex(device.commonName)).toBe(chain.slot8Written);
    expect(hex(device.commonName).slice(0, 36)).toBe(chain.slots[8]);
    expect(hex(padPublicKey(unhex(chain.pub.root)))).toBe(chain.slots[15]);
    expect(hex(unpadPublicKey(unhex(chain.slots[15])))).toBe(chain.pub.root);
    expect(hex(hashSerialNumber(unhex(chain.pub.device), unhex(chain.encDates.device)))).toBe(chain.sn.device);
  });

  test('Quirk: one buffer serves slots 12 and 14, so that bytes outside the fields are left over from the signature', () => {
    const { compressed, record } = compressSigner(unhex(chainAt(0).der.signer));
    for (const [start, end] of [
      [0, 4],
      [20, 22],
      [35, 37],
      [50, 64],
    ]) {
      expect(record.slice(start, end)).toEqual(compressed.slice(start, end));
    }
  });

  test('Quirk: the block goes out of the buffer of slot 10, so that bytes after the name are left over from the signature', () => {
    const { compressed, commonName } = compressDevice(unhex(chainAt(0).der.device));
    expect(commonName.slice(18)).toEqual(compressed.slice(18, 32));
  });
});

describe('dates', () => {
  test('2019-06-18 10 h, no expiry, is 9B 49 40; with 10 years 9B 49 4A', () => {
    const dates = { year: 2019, month: 6, day: 18, hour: 10, expireYears: 0 };
    expect(hex(encodeDates(dates))).toBe('9b4940');
    expect(hex(encodeDates({ ...dates, expireYears: 10 }))).toBe('9b494a');
    expect(decodeDates(unhex('9b4940'))).toEqual(dates);
    expect(decodeDates(unhex('00009b494a'), 2)).toEqual({ ...dates, expireYears: 10 });
  });

  test('the ends of the ranges', () => {
    expect(decodeDates(unhex('000000'))).toEqual({ year: 2000, month: 0, day: 0, hour: 0, expireYears: 0 });
    expect(decodeDates(unhex('ffffff'))).toEqual({ year: 2031, month: 15, day: 31, hour: 31, expireYears: 31 });
  });
});

test('the fields of a compressed certificate', () => {
  const bytes = unhex(`${'11'.repeat(32)}${'22'.repeat(32)}9b49401234${'35a1f0'}`);
  const certificate = decodeCompressed(bytes);
  expect(certificate).toEqual({
    signature: unhex('11'.repeat(32) + '22'.repeat(32)),
    encodedDates: unhex('9b4940'),
    signerId: unhex('1234'),
    templateId: 3,
    chainId: 5,
    snSource: 0xa,
    formatVersion: 1,
    byte71: 0xf0,
  });
  expect(encodeCompressed(certificate)).toEqual(bytes);
});

describe('a certificate that a chip could not give back is the caller’s mistake', () => {
  const device = () => unhex(chainAt(0).der.device);
  const refusal = expect.objectContaining({ code: 'EMU_E_CERTIFICATE' });

  /** The certificate with `text` in place of what stands at `offset`. */
  function patched(offset: number, text: string): Uint8Array {
    const der = device();
    der.set(new TextEncoder().encode(text), offset);
    return der;
  }

  // notBefore is at 87
  test.each(['190618104500Z', '190618100001Z', '990618100000Z', '320618100000Z'])('issued at %s', (notBefore) => {
    expect(() => compressDevice(patched(87, notBefore))).toThrowError(refusal);
  });

  // Any other key, date or serial number hashes to something else.
  test('with a serial number of its own', () => {
    const der = device();
    der[20] = (der[20] ?? 0) ^ 1;
    expect(() => compressDevice(der)).toThrowError(refusal);
  });

  // notAfter is at 102; the serial number would hash 20 expire years.
  test.each(['20390718100000Z', '20390619100000Z', '20390618110000Z', '20390618100100Z', '20390618100001Z'])(
    'that expires at %s, not on the day and hour of its issue',
    (notAfter) => {
      expect(() => compressDevice(patched(102, notAfter))).toThrowError(/does not expire whole years after its issue/);
    },
  );

  // A block of 32 bytes holds the name, whatever its length is.
  test.each([1, 31, 32, 33])('with a name of %i bytes', (length) => {
    const text = 'n'.repeat(length);
    const draft = { subject: sequence(name(text)) };
    // Key X||Y and the dates 2020-01-01 0 h for 10 years: 20 << 19 | 1 << 15 | 1 << 10 | 10.
    const hash = createHash('sha256').update(filled(64, 0x55)).update(unhex('a0840a')).digest().subarray(0, 16);
    hash[0] = ((hash[0] ?? 0) & 0x7f) | 0x40;
    const issued = templateCertificate({ ...draft, serial: Uint8Array.of(0x02, 16, ...hash) });
    if (length > 32) expect(() => compressDevice(issued)).toThrowError(/its common name is longer than a block/);
    else expect(new TextDecoder().decode(compressDevice(issued).commonName.subarray(0, length))).toBe(text);
  });

  test('a root certificate has no authority key identifier', () => {
    expect(() => compressSigner(unhex(chainAt(0).der.root))).toThrowError(refusal);
  });

  test('a device certificate with a GeneralizedTime is no signer', () => {
    expect(() => compressSigner(device())).toThrowError(refusal);
  });
});
