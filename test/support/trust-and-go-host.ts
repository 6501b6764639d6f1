import { createHash } from 'node:crypto';
import type { Host } from './atecc608.ts';

/**
 * What a host library does with a TNGTLS part, apart from the project's own certificates: it reads the slots in clear and
 * writes both certificates out, field by field, as RFC 5280 and the data sheet's compressed format have them.
 */
export interface TrustAndGoSlots {
  /** 9 bytes. */
  readonly serialNumber: Uint8Array;
  /** GenKey's answer for slot 0. */
  readonly publicKey: Uint8Array;
  /** Slot 5, 36 bytes. */
  readonly macAddress: Uint8Array;
  /** Slots 10, 11 and 12, 72 bytes each. */
  readonly device: Uint8Array;
  readonly signerPublicKey: Uint8Array;
  readonly signer: Uint8Array;
}

export function readTrustAndGo(host: Host): TrustAndGoSlots {
  const slot = (number: number, length: number) => {
    const blocks = [0, 1, 2].slice(0, Math.ceil(length / 32));
    const bytes = blocks.flatMap((block) => [...host.command(0x02, 0x82, (block << 8) | (number << 3))]);
    return Uint8Array.from(bytes.slice(0, length));
  };
  const config = host.command(0x02, 0x80, 0);
  return {
    serialNumber: Uint8Array.of(...config.subarray(0, 4), ...config.subarray(8, 13)),
    publicKey: host.command(0x40, 0x00, 0),
    macAddress: slot(5, 36),
    device: slot(10, 72),
    signerPublicKey: slot(11, 72),
    signer: slot(12, 72),
  };
}

const ORGANIZATION = 'Microchip Technology Inc';
const OID = {
  commonName: '550403',
  serialNumber: '550405',
  organization: '55040a',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyIdentifier: '551d23',
  p256: '06072a8648ce3d020106082a8648ce3d030107',
  ecdsaWithSha256: '06082a8648ce3d040302',
} as const;
const UTF8_STRING = 0x0c;
const PRINTABLE_STRING = 0x13;

/** Both certificates, DER, under a root with this public key. */
export function rebuildTrustAndGo(
  slots: TrustAndGoSlots,
  rootPublicKey: Uint8Array,
): { readonly device: Buffer; readonly signer: Buffer } {
  const signerKey = Buffer.concat([slots.signerPublicKey.subarray(4, 36), slots.signerPublicKey.subarray(40)]);
  const signerName = (compressed: Uint8Array) =>
    `Crypto Authentication Signer ${Buffer.from(compressed.subarray(67, 69)).toString('hex').toUpperCase()}`;
  const mac = Buffer.from(slots.macAddress.subarray(0, 12)).toString('ascii');
  const directoryName = element(0xa4, name([OID.serialNumber, PRINTABLE_STRING, `eui48_${mac}`]));
  return {
    signer: certificate({
      compressed: slots.signer,
      publicKey: signerKey,
      issuer: named('Crypto Authentication Root CA 002'),
      subject: named(signerName(slots.signer)),
      extensions: [
        extension(OID.keyUsage, true, Buffer.from('03020186', 'hex')),
        extension(OID.basicConstraints, true, Buffer.from('30060101ff020100', 'hex')),
        ...keyIdentifiers(signerKey, rootPublicKey),
      ],
    }),
    device: certificate({
      compressed: slots.device,
      publicKey: slots.publicKey,
      issuer: named(signerName(slots.device)),
      subject: named(`sn${Buffer.from(slots.serialNumber).toString('hex').toUpperCase()}`),
      extensions: [
        extension(OID.subjectAltName, false, element(0x30, directoryName)),
        extension(OID.basicConstraints, true, Buffer.from('3000', 'hex')),
        extension(OID.keyUsage, true, Buffer.from('03020388', 'hex')),
        ...keyIdentifiers(slots.publicKey, signerKey),
      ],
    }),
  };
}

interface Fields {
  readonly compressed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly extensions: readonly Buffer[];
}

function certificate({ compressed, publicKey, issuer, subject, extensions }: Fields): Buffer {
  const algorithm = element(0x30, Buffer.from(OID.ecdsaWithSha256, 'hex'));
  const dates = compressed.subarray(64, 67);
  const serialNumber = createHash('sha256').update(publicKey).update(dates).digest().subarray(0, 16);
  serialNumber[0] = ((serialNumber[0] as number) & 0x7f) | 0x40;
  const tbs = element(
    0x30,
    Buffer.from('a003020102', 'hex'),
    element(0x02, serialNumber),
    algorithm,
    issuer,
    validity(dates),
    subject,
    element(
      0x30,
      element(0x30, Buffer.from(OID.p256, 'hex')),
      element(0x03, Buffer.from('0004', 'hex'), Buffer.from(publicKey)),
    ),
    element(0xa3, element(0x30, ...extensions)),
  );
  const signature = element(0x30, integer(compressed.subarray(0, 32)), integer(compressed.subarray(32, 64)));
  return element(0x30, tbs, algorithm, element(0x03, Buffer.of(0), signature));
}

/** Year from 2000 (5 bits), month (4), day (5), hour (5), years until expiry (5); UTCTime, then GeneralizedTime. */
function validity(dates: Uint8Array): Buffer {
  const bits = Buffer.from(dates).readUIntBE(0, 3);
  const year = 2000 + (bits >> 19);
  const rest = [(bits >> 15) & 15, (bits >> 10) & 31, (bits >> 5) & 31, 0, 0]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  return element(
    0x30,
    element(0x17, Buffer.from(`${String(year).slice(2)}${rest}Z`)),
    element(0x18, Buffer.from(`${year + (bits & 31)}${rest}Z`)),
  );
}

function keyIdentifiers(own: Uint8Array, issuers: Uint8Array): Buffer[] {
  const identifier = (key: Uint8Array) => createHash('sha1').update(Buffer.of(4)).update(key).digest();
  return [
    extension(OID.subjectKeyIdentifier, false, element(0x04, identifier(own))),
    extension(OID.authorityKeyIdentifier, false, element(0x30, element(0x80, identifier(issuers)))),
  ];
}

function named(commonName: string): Buffer {
  return name([OID.organization, UTF8_STRING, ORGANIZATION], [OID.commonName, UTF8_STRING, commonName]);
}

function name(...attributes: readonly (readonly [oid: string, tag: number, value: string])[]): Buffer {
  const sets = attributes.map(([oid, tag, value]) =>
    element(0x31, element(0x30, element(0x06, Buffer.from(oid, 'hex')), element(tag, Buffer.from(value)))),
  );
  return element(0x30, ...sets);
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const flag = Buffer.from(critical ? '0101ff' : '', 'hex');
  return element(0x30, element(0x06, Buffer.from(oid, 'hex')), flag, element(0x04, value));
}

/** Positive, without needless zeros. */
function integer(digits: Uint8Array): Buffer {
  let start = 0;
  while (start < digits.length - 1 && digits[start] === 0) start++;
  const bytes = Buffer.from(digits.subarray(start));
  return element(0x02, Buffer.alloc((bytes[0] as number) >> 7), bytes);
}

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}
