import { EmuError } from '../../emulator/errors.ts';
import {
  type CertificateDefinition,
  compressedBy,
  encodeDates,
  rebuildDevice,
} from '../../emulator/host-library/index.ts';

/** What a template leaves open but for the signature. */
export interface Filling {
  /** X||Y. */
  readonly publicKey64: Uint8Array;
  /** The issuer's key, padded to 72 bytes. */
  readonly authorityKey72: Uint8Array;
  /** ASCII, as long as the template's. */
  readonly commonName: Uint8Array;
  /** 3 bytes, see `encodedDatesOf`. */
  readonly encodedDates: Uint8Array;
  /** 2 bytes; 00 where the definition knows no ids of signers. */
  readonly signerId?: Uint8Array;
}

export interface FilledTemplate {
  readonly der: Uint8Array;
  /** As a chip stores it, 72 bytes. */
  readonly compressed: Uint8Array;
}

/** R||S over SHA-256 of a tbsCertificate, by the issuer's key. */
export type SignTbs = (tbs: Uint8Array) => Uint8Array;

/** Where a certificate's signature and what depends on it are left open. */
const UNSIGNED = new Uint8Array(64).fill(0x01);

/** Issues a certificate whose serial number is a hash: filling a template in costs a small part of building one. */
export function issueFromTemplate(definition: CertificateDefinition, filling: Filling, sign: SignTbs): FilledTemplate {
  const { offset, count } = definition.elements.tbs;
  const tbs = filled(definition, filling, UNSIGNED).der.subarray(offset, offset + count);
  return filled(definition, filling, sign(tbs));
}

/** The dates of a certificate that is issued in the hour of `date`. */
export function encodedDatesOf(date: Date, expireYears: number): Uint8Array {
  return encodeDates({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    expireYears,
  });
}

function filled(definition: CertificateDefinition, filling: Filling, signature: Uint8Array): FilledTemplate {
  const { encodedDates, signerId, ...parts } = filling;
  const compressed = compressedBy(definition, signature, encodedDates, signerId);
  const result = rebuildDevice({ definition, compressed, ...parts });
  if (result.status === 0) return { der: result.der, compressed };
  throw new EmuError('EMU_E_CERTIFICATE', 'a certificate cannot be issued', { value: result.status });
}
