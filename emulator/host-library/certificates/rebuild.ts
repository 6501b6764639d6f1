import { EmuError } from '../../errors.ts';
import { ENCODED_DATES, SN_SOURCE_AND_FORMAT, TEMPLATE_AND_CHAIN } from './compressed.ts';
import { areDatesValid, type CompressedDates, decodeDates, encodeDates, expiry, putTime } from './dates.ts';
import type { CertificateDefinition } from './definition.ts';
import { keyIdentifier, unpadPublicKey } from './public-key.ts';
import { type RecordLayout, SIGNER_RECORD, SIGNER_RECORD_COUNTS, SIGNER_RECORD_FIELDS } from './record.ts';
import { hashSerialNumber } from './serial-number.ts';
import { signatureElement } from './signature.ts';

/** The status codes of the 2019 certificate library that the contents of slots can lead to. */
export const CertificateStatus = { OK: 0, DECODING_ERROR: 4, INVALID_DATE: 5, WRONG_CERT_DEF: 11 } as const;

export type Rebuilt = { readonly status: 0; readonly der: Uint8Array } | { readonly status: 4 | 5 | 11 };

export interface SignerParts {
  readonly definition: CertificateDefinition;
  /** The compressed certificate, 72 bytes. */
  readonly compressed: Uint8Array;
  /** The signer's record, at least up to the end of its last field. */
  readonly record: Uint8Array;
  /** Where the fields of the record are; by default those of the original firmware. */
  readonly layout?: RecordLayout;
  /** As its slot has it, padded to 72 bytes. */
  readonly publicKey72: Uint8Array;
  /** The root's key, likewise. */
  readonly authorityKey72: Uint8Array;
}

export interface DeviceParts {
  readonly definition: CertificateDefinition;
  /** The compressed certificate, 72 bytes. */
  readonly compressed: Uint8Array;
  /** What GenKey answers for the device key, 64 bytes X||Y. */
  readonly publicKey64: Uint8Array;
  /** The signer's key, as its slot has it, padded to 72 bytes. */
  readonly authorityKey72: Uint8Array;
  /** As long as the template's; without it the template's own stands. */
  readonly commonName?: Uint8Array;
}

/** The library's refusals, in its order: format, definition, dates. */
function statusOf(
  definition: CertificateDefinition,
  compressed: Uint8Array,
  dates: CompressedDates,
): Rebuilt['status'] {
  const snSourceAndFormat = compressed[SN_SOURCE_AND_FORMAT] ?? 0;
  // Quirk: the 2019 library knows format 0 alone; later ones take 1 as well.
  if ((snSourceAndFormat & 0x0f) !== 0) return CertificateStatus.DECODING_ERROR;
  if (
    compressed[TEMPLATE_AND_CHAIN] !== ((definition.templateId << 4) | definition.chainId) ||
    snSourceAndFormat >> 4 !== definition.snSource
  ) {
    return CertificateStatus.WRONG_CERT_DEF;
  }
  if (!areDatesValid(dates, definition.elements.notAfter.count)) return CertificateStatus.INVALID_DATE;
  return CertificateStatus.OK;
}

/** The template with key, key identifiers and signature of its own; the signature's length is the certificate's. */
function patched(
  { template, elements }: CertificateDefinition,
  signature: Uint8Array,
  key: Uint8Array,
  authorityKey72: Uint8Array,
): Uint8Array {
  const signatureValue = signatureElement(signature);
  const end = elements.signature.offset + signatureValue.length;
  const der = new Uint8Array(end);
  der.set(template.subarray(0, elements.signature.offset));
  new DataView(der.buffer).setUint16(2, end - 4);
  der.set(key, elements.publicKey.offset);
  der.set(keyIdentifier(key), elements.subjectKeyId.offset);
  der.set(keyIdentifier(unpadPublicKey(authorityKey72)), elements.authorityKeyId.offset);
  der.set(signatureValue, elements.signature.offset);
  return der;
}

/**
 * Quirk: the compressed dates have to be valid, although the record overwrites them unseen, with whatever it holds.
 */
export function rebuildSigner(parts: SignerParts): Rebuilt {
  const { definition, compressed, record, layout = SIGNER_RECORD } = parts;
  const status = statusOf(definition, compressed, decodeDates(compressed, ENCODED_DATES));
  if (status !== CertificateStatus.OK) return { status };
  const signature = compressed.subarray(0, ENCODED_DATES);
  const der = patched(definition, signature, unpadPublicKey(parts.publicKey72), parts.authorityKey72);
  for (const field of SIGNER_RECORD_FIELDS) {
    const start = layout[field];
    der.set(record.subarray(start, start + SIGNER_RECORD_COUNTS[field]), definition.elements[field].offset);
  }
  return { status, der };
}

/**
 * Quirk: the serial number hashes dates encoded anew, from the rebuilt notBefore and the definition's expire years, so
 * that the compressed expire years are without effect on a certificate that never expires.
 */
export function rebuildDevice(parts: DeviceParts): Rebuilt {
  const { definition, compressed, publicKey64, commonName } = parts;
  const { elements, expireYears } = definition;
  const dates = decodeDates(compressed, ENCODED_DATES);
  const status = statusOf(definition, compressed, dates);
  if (status !== CertificateStatus.OK) return { status };
  const der = patched(definition, compressed.subarray(0, ENCODED_DATES), publicKey64, parts.authorityKey72);
  const { notBefore, notAfter } = elements;
  putTime(der, notBefore.offset, notBefore.count, { ...dates, minute: 0, second: 0 });
  if (expireYears !== 0) putTime(der, notAfter.offset, notAfter.count, expiry(dates, notAfter.count));
  if (commonName !== undefined) {
    if (commonName.length !== elements.commonName.count) {
      throw new EmuError('EMU_E_CERTIFICATE', 'the common name does not have the length of that in the template', {
        value: commonName.length,
        hint: `Give ${elements.commonName.count} bytes.`,
      });
    }
    der.set(commonName, elements.commonName.offset);
  }
  der.set(hashSerialNumber(publicKey64, encodeDates({ ...dates, expireYears })), elements.serialNumber.offset);
  return { status, der };
}
