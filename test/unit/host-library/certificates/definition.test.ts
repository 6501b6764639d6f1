import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EmuError } from '../../../../emulator/errors.ts';
import { definitionFrom } from '../../../../emulator/host-library/index.ts';
import { chainAt, unhex } from './vectors.ts';

// O=testcorp, CN=rootca, signerca and an 18-character serial: offsets counted in OpenSSL's listing (asn1parse).
describe('offsets of the elements', () => {
  test('signer, 434 bytes', () => {
    const der = unhex(chainAt(0).der.signer);
    expect(der.length).toBe(434);
    expect(definitionFrom(der, 'signer')).toEqual({
      template: der,
      templateId: 1,
      chainId: 0,
      snSource: 0,
      expireYears: 10,
      elements: {
        tbs: { offset: 4, count: 344 },
        serialNumber: { offset: 15, count: 16 },
        notBefore: { offset: 85, count: 13 },
        notAfter: { offset: 100, count: 13 },
        commonName: { offset: 145, count: 8 },
        publicKey: { offset: 180, count: 64 },
        subjectKeyId: { offset: 295, count: 20 },
        authorityKeyId: { offset: 328, count: 20 },
        signature: { offset: 360, count: 74 },
      },
    });
  });

  test('device, 413 bytes', () => {
    const der = unhex(chainAt(0).der.device);
    expect(der.length).toBe(413);
    expect(definitionFrom(der, 'device')).toEqual({
      template: der,
      templateId: 2,
      chainId: 0,
      snSource: 0xa,
      expireYears: 0,
      elements: {
        tbs: { offset: 4, count: 322 },
        serialNumber: { offset: 15, count: 16 },
        notBefore: { offset: 87, count: 13 },
        notAfter: { offset: 102, count: 15 },
        commonName: { offset: 149, count: 18 },
        publicKey: { offset: 194, count: 64 },
        subjectKeyId: { offset: 273, count: 20 },
        authorityKeyId: { offset: 306, count: 20 },
        signature: { offset: 338, count: 75 },
      },
    });
  });
});

// Five bits hold 31 years; what is longer has the template's own end.
test.each([
  ['31', 31],
  ['32', 0],
])('from 2000 to 20%s it counts %i years', (end, years) => {
  const der = unhex(chainAt(0).der.signer);
  der.set(new TextEncoder().encode('00'), 85);
  der.set(new TextEncoder().encode(end), 100);
  expect(definitionFrom(der, 'signer').expireYears).toBe(years);
});

test('the template is a copy', () => {
  const der = unhex(chainAt(0).der.device);
  const definition = definitionFrom(der, 'device');
  der.fill(0);
  expect(definition.template).toEqual(unhex(chainAt(0).der.device));
});

describe('a file that is no such certificate is an EmuError', () => {
  const whole = unhex(chainAt(0).der.device);

  test('PEM, or nothing', () => {
    const refusal = expect.objectContaining({ code: 'EMU_E_DER', value: 0 });
    const pem = new TextEncoder().encode('-----BEGIN CERTIFICATE-----\n');
    expect(() => definitionFrom(pem, 'device')).toThrowError(refusal);
    expect(() => definitionFrom(new Uint8Array(0), 'device')).toThrowError(refusal);
  });

  test('cut anywhere', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => definitionFrom(whole.slice(0, length), 'device')).toThrowError(EmuError);
    }
  });

  test('any bytes, any damage', () => {
    const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, value]) => {
      const der = whole.slice();
      der[at] = value;
      return der;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged), (der) => {
        try {
          definitionFrom(der, 'device');
        } catch (error) {
          expect(error).toBeInstanceOf(EmuError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
