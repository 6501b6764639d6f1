import { expect, test } from 'vitest';
import { definitionFrom } from '../../../../emulator/host-library/index.ts';
import { der, sequence, unhex } from '../../../support/der.ts';
import {
  ALGORITHM,
  ascii,
  attribute,
  authorityKeyId,
  extension,
  filled,
  good,
  KEY_HEAD,
  key,
  name,
  nothing,
  subjectKeyId,
  type TemplateFields,
  templateCertificate,
  utcTime,
} from '../../../support/template-certificate.ts';

test('a template has its elements where they were put', () => {
  const template = templateCertificate({});
  const { elements, expireYears } = definitionFrom(template, 'device');
  const at = ({ offset, count }: { offset: number; count: number }) => template.slice(offset, offset + count);
  expect(at(elements.serialNumber)).toEqual(filled(16, 0x44));
  expect(at(elements.publicKey)).toEqual(filled(64, 0x55));
  expect(at(elements.subjectKeyId)).toEqual(filled(20, 0x66));
  expect(at(elements.authorityKeyId)).toEqual(filled(20, 0x77));
  expect(at(elements.commonName)).toEqual(ascii('device'));
  expect(at(elements.notBefore)).toEqual(ascii('200101000000Z'));
  expect(at(elements.notAfter)).toEqual(ascii('300101000000Z'));
  expect(at(elements.signature)).toEqual(good.signature);
  expect(expireYears).toBe(10);
});

test('the order of attributes and extensions is the certificate’s own', () => {
  const extensions = [
    extension('551d0f', der(0x03, unhex('0780'))),
    authorityKeyId(20),
    sequence(unhex('0603551d13'), unhex('0101ff'), der(0x04, sequence())),
    subjectKeyId(20),
  ];
  const subject = sequence(name('device'), attribute('55040a', 'org'));
  const template = templateCertificate({ extensions, subject });
  const { elements } = definitionFrom(template, 'device');
  expect(template[elements.subjectKeyId.offset]).toBe(0x66);
  expect(template[elements.authorityKeyId.offset]).toBe(0x77);
  expect(template.slice(elements.commonName.offset).subarray(0, 6)).toEqual(ascii('device'));
});

test.each<[what: string, fields: TemplateFields, complaint: string]>([
  ['no version', { version: nothing }, 'no version'],
  ['a serial number of 15 bytes', { serial: der(0x02, filled(15, 0x44)) }, 'its serial number'],
  ['a serial number of 17 bytes', { serial: der(0x02, filled(17, 0x44)) }, 'its serial number'],
  ['a serial number that is no integer', { serial: der(0x04, filled(16, 0x44)) }, 'no serialNumber'],
  [
    'a date of no kind',
    { validity: sequence(utcTime('200101000000Z'), der(0x16, ascii('300101000000Z'))) },
    'no validity',
  ],
  ['a date without seconds', { validity: sequence(utcTime('2001010000Z'), utcTime('300101000000Z')) }, 'no validity'],
  [
    'a UTCTime with a century',
    { validity: sequence(utcTime('200101000000Z'), utcTime('20300101000000Z')) },
    'no validity',
  ],
  [
    'a GeneralizedTime without one',
    { validity: sequence(utcTime('200101000000Z'), der(0x18, ascii('300101000000Z'))) },
    'no validity',
  ],
  ['no common name', { subject: sequence(attribute('55040a', 'device')) }, 'no 2.5.4.3'],
  ['a common name without a value', { subject: sequence(der(0x31, sequence(unhex('0603550403')))) }, 'no 2.5.4.3'],
  ['an attribute of nothing', { subject: sequence(der(0x31, sequence())) }, 'no 2.5.4.3'],
  ['a key of RSA', { key: key('300d06092a864886f70d0101010500') }, 'its public key is not on P-256'],
  ['a key on P-384', { key: key('301006072a8648ce3d020106052b81040022') }, 'its public key is not on P-256'],
  ['a compressed key', { key: key(KEY_HEAD, unhex(`0002${'55'.repeat(32)}`)) }, 'its public key is not on P-256'],
  [
    'a key without its last byte',
    { key: key(KEY_HEAD, unhex(`0004${'55'.repeat(63)}`)) },
    'its public key is not on P-256',
  ],
  ['no extensions', { extensionsTag: 0xa4 }, 'no extensions'],
  ['no subjectKeyIdentifier', { extensions: [authorityKeyId(20)] }, 'no 2.5.29.14'],
  ['no authorityKeyIdentifier', { extensions: [subjectKeyId(20)] }, 'no 2.5.29.35'],
  ['a longer subjectKeyIdentifier', { extensions: [subjectKeyId(21), authorityKeyId(20)] }, 'its key identifiers'],
  ['a shorter authorityKeyIdentifier', { extensions: [subjectKeyId(20), authorityKeyId(19)] }, 'its key identifiers'],
  [
    'an identifier of another type',
    { extensions: [subjectKeyId(20, 0x02), authorityKeyId(20)] },
    'no subjectKeyIdentifier',
  ],
  // [1] is authorityCertIssuer (RFC 5280 4.2.1.1).
  ['an issuer by name', { extensions: [subjectKeyId(20), authorityKeyId(20, 0xa1)] }, 'no keyIdentifier'],
  ['no signature', { signature: der(0x04, unhex('00')) }, 'no signatureValue'],
  ['no tbsCertificate', { tbsTag: 0x31 }, 'no tbsCertificate'],
  ['a byte behind it', { behind: unhex('00') }, 'its length'],
])('a certificate with %s is no template', (_what, fields, complaint) => {
  expect(() => definitionFrom(templateCertificate(fields), 'device')).toThrow(
    expect.objectContaining({
      code: 'EMU_E_CERTIFICATE',
      message: expect.stringContaining(`the certificate cannot serve as a template: ${complaint}`),
    }),
  );
});

test('a certificate whose length is not in two bytes is no template', () => {
  for (const length of [10, 200]) {
    const whole = sequence(der(0x30, filled(length, 0)), ALGORITHM);
    for (const bytes of [whole, Uint8Array.of(...whole, 0)]) {
      expect(() => definitionFrom(bytes, 'device')).toThrow(/cannot serve as a template: its length/);
    }
  }
});
