import { isSame } from '../../crypto/index.ts';
import { EmuError } from '../../errors.ts';
import { compressedBy } from './compressed.ts';
import { encodeDates, expiry, readTime, type Time } from './dates.ts';
import { type CertificateKind, definitionFrom, type Element } from './definition.ts';
import { padPublicKey } from './public-key.ts';
import {
  type RecordLayout,
  SIGNER_RECORD,
  SIGNER_RECORD_COUNTS,
  SIGNER_RECORD_FIELDS,
  SIGNER_RECORD_LENGTH,
} from './record.ts';
import { hashSerialNumber } from './serial-number.ts';
import { signatureFrom } from './signature.ts';

/** What the firmware writes for a signer certificate. */
export interface SignerSlots {
  /** 72 bytes. */
  readonly compressed: Uint8Array;
  /** What the compressed bytes do not hold, 64 bytes. */
  readonly record: Uint8Array;
  /** Padded to 72 bytes. */
  readonly publicKey: Uint8Array;
}

/** What the firmware writes for a device certificate. */
export interface DeviceSlots {
  /** 72 bytes. */
  readonly compressed: Uint8Array;
  /** One block, for firmwares that read the common name from the chip. */
  readonly commonName: Uint8Array;
}

function lossy(what: string, value: unknown): EmuError {
  return new EmuError('EMU_E_CERTIFICATE', `the certificate cannot be rebuilt from a chip unchanged: ${what}`, {
    value,
    hint: 'Issue devices on the hour, 2000 to 2031, with hashSerialNumber, to end whole years later or after more than 31.',
  });
}

function bytesOf(der: Uint8Array, { offset, count }: Element): Uint8Array {
  return der.subarray(offset, offset + count);
}

function isSameTime(a: Time, b: Time): boolean {
  const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
  return fields.every((field) => a[field] === b[field]);
}

function compress(der: Uint8Array, kind: CertificateKind) {
  const definition = definitionFrom(der, kind);
  const { elements, expireYears } = definition;
  const issued = readTime(der, elements.notBefore.offset, elements.notBefore.count);
  if (issued.year < 2000 || issued.year > 2031) throw lossy('issued outside 2000 to 2031', issued.year);
  const encodedDates = encodeDates({ ...issued, expireYears });
  const compressed = compressedBy(definition, signatureFrom(bytesOf(der, elements.signature)), encodedDates);
  return { definition, issued, encodedDates, compressed };
}

/** What the slots hold of an issued signer certificate. */
export function compressSigner(der: Uint8Array, layout: RecordLayout = SIGNER_RECORD): SignerSlots {
  const { definition, compressed } = compress(der, 'signer');
  const { elements } = definition;
  // Quirk: one buffer serves both slots, so that bytes outside the fields are left over from the signature.
  const record = compressed.slice(0, SIGNER_RECORD_LENGTH);
  for (const field of SIGNER_RECORD_FIELDS) {
    const { offset } = elements[field];
    record.set(der.subarray(offset, offset + SIGNER_RECORD_COUNTS[field]), layout[field]);
  }
  return { compressed, record, publicKey: padPublicKey(bytesOf(der, elements.publicKey)) };
}

/** What the slots hold of an issued device certificate. */
export function compressDevice(der: Uint8Array): DeviceSlots {
  const { definition, issued, encodedDates, compressed } = compress(der, 'device');
  const { elements, expireYears } = definition;
  if (issued.minute !== 0 || issued.second !== 0) throw lossy('issued at another time than a full hour', issued);
  const { offset, count } = elements.notAfter;
  if (expireYears !== 0 && !isSameTime(readTime(der, offset, count), expiry({ ...issued, expireYears }, count))) {
    throw lossy('it does not expire whole years after its issue', readTime(der, offset, count));
  }
  const serialNumber = hashSerialNumber(bytesOf(der, elements.publicKey), encodedDates);
  if (!isSame(serialNumber, bytesOf(der, elements.serialNumber))) {
    throw lossy('its serial number is not the hash of key and dates', bytesOf(der, elements.serialNumber));
  }
  const name = bytesOf(der, elements.commonName);
  if (name.length > 32) throw lossy('its common name is longer than a block', name.length);
  // Quirk: the block goes out of the buffer of the compressed certificate, so that bytes after the name are left over from the signature.
  const commonName = compressed.slice(0, 32);
  commonName.set(name);
  return { compressed, commonName };
}
