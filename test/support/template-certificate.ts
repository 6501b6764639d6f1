import { der, sequence, unhex } from './der.ts';

export const ascii = (text: string) => new TextEncoder().encode(text);
export const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
export const ALGORITHM = sequence(unhex('06082a8648ce3d040302'));
/** SubjectPublicKeyInfo of an uncompressed point of P-256 up to X (RFC 5480 2). */
export const KEY_HEAD = '301306072a8648ce3d020106082a8648ce3d030107';
export const key = (head = KEY_HEAD, point = unhex(`0004${'55'.repeat(64)}`)) =>
  sequence(unhex(head), der(0x03, point));
export const extension = (oid: string, value: Uint8Array) => sequence(der(0x06, unhex(oid)), der(0x04, value));
export const subjectKeyId = (length: number, tag = 0x04) => extension('551d0e', der(tag, filled(length, 0x66)));
export const authorityKeyId = (length: number, tag = 0x80) =>
  extension('551d23', sequence(der(tag, filled(length, 0x77))));
export const utcTime = (text: string) => der(0x17, ascii(text));
export const attribute = (oid: string, text: string) =>
  der(0x31, sequence(der(0x06, unhex(oid)), der(0x0c, ascii(text))));

/** Fields of RFC 5280 4.1 that a template needs. */
export interface TemplateFields {
  readonly version?: Uint8Array;
  readonly serial?: Uint8Array;
  readonly validity?: Uint8Array;
  readonly subject?: Uint8Array;
  readonly key?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
  readonly extensionsTag?: number;
  readonly signature?: Uint8Array;
  readonly tbsTag?: number;
  readonly behind?: Uint8Array;
}

export const nothing = new Uint8Array(0);
export const name = (text: string) => attribute('550403', text);
export const good = {
  version: unhex('a003020102'),
  serial: der(0x02, filled(16, 0x44)),
  validity: sequence(utcTime('200101000000Z'), utcTime('300101000000Z')),
  subject: sequence(attribute('55040a', 'org'), name('device')),
  key: key(),
  extensions: [subjectKeyId(20), authorityKeyId(20)],
  signature: der(0x03, unhex('003006020101020101')),
} satisfies TemplateFields;

/** A certificate that serves as a template, but for the fields that are given. */
export function templateCertificate(fields: TemplateFields): Uint8Array {
  const { version, serial, validity, subject, key: info, extensions, signature } = { ...good, ...fields };
  const list = der(fields.extensionsTag ?? 0xa3, sequence(...extensions));
  const tbs = der(
    fields.tbsTag ?? 0x30,
    ...[version, serial, ALGORITHM, sequence(name('root')), validity, subject, info, list],
  );
  return Uint8Array.of(...sequence(tbs, ALGORITHM, signature), ...(fields.behind ?? nothing));
}
