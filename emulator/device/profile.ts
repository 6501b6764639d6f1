import { z } from 'zod';
import {
  type RecordLayout,
  SIGNER_RECORD,
  SIGNER_RECORD_COUNTS,
  SIGNER_RECORD_FIELDS,
  SIGNER_RECORD_LENGTH,
} from '../host-library/index.ts';
import { isDeviceAddress } from '../i2c/index.ts';
import { largestRecord, smallestRecord, tlsCipherSuites, tlsCurves } from '../tls/index.ts';
import { distinguishedName } from './text.ts';

export { clientIdPrefix, text, topicFilter, topicName } from './text.ts';

/**
 * What the profiles of several firmwares have in common, format 1: everything that differs between two firmwares and nothing
 * that code could derive. No device code tests a profile's name. Times are milliseconds, sizes bytes, unless the key says
 * otherwise.
 */

/** Up to a week: timers overflow at 24.8 days. */
export function milliseconds(from = 0) {
  return z.number().min(from).max(604_800_000);
}
export const bytes = z.number().int().positive();
export const slot = z.number().int().min(0).max(15);
/** For 64 or 72 bytes: slots 0 to 7 have 36. */
const largeSlot = z.number().int().min(8, 'expected a slot from 8 to 15: those below have 36 bytes').max(15);
export const qos = z.literal([0, 1, 2]);
/** The clock of an I2C bus in Hz, up to Fast-mode Plus. */
export const busClockHz = z.number().int().min(10_000).max(1_000_000);

/** Hexadecimal bytes, spaces and line ends between them allowed. */
function hexBytes(length: number) {
  return z.string().transform((text, context): Uint8Array => {
    const digits = text.replace(/\s+/g, '');
    if (!/^[0-9a-fA-F]*$/.test(digits) || digits.length !== 2 * length) {
      context.addIssue({ code: 'custom', message: `expected ${length} bytes in hexadecimal` });
      return z.NEVER;
    }
    return Uint8Array.from({ length }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  });
}

/** How every profile begins; `firmware` follows, which is the firmware's own. */
export const head = {
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a name has lower-case letters, digits and hyphens'),
  description: z.string().min(1),
};

const NO_ADDRESS = 'its first byte is I2C_Address in 8 bits: expected 10 to EE';

/** I2C_Address is byte 16, where the configuration begins. */
function hasDeviceAddress(configuration: Uint8Array): boolean {
  return isDeviceAddress((configuration[0] ?? 0) >> 1);
}

/** How a chip is personalised, and what the firmware takes for granted about it. */
export const chip = z.strictObject({
  busClockHz,
  /** Configuration zone bytes 16..127 as written; the lock bytes 86 and 87 are never written. */
  configuration: hexBytes(112).refine(hasDeviceAddress, NO_ADDRESS),
  /** Holds the key that signs in the handshake. */
  deviceKeySlot: slot,
  /** Slots whose keys are generated too, at every personalisation, though the firmware never uses them. */
  spareKeySlots: z.array(slot),
  ioProtectionSlot: slot,
  /** What personalisation writes to `ioProtectionSlot`; the firmware replaces it in every handshake. */
  ioProtectionKey: hexBytes(32),
});

/** The slots of what a firmware's certificate definitions leave open. The defaults are those of the original firmware. */
const certificateSlots = z
  .strictObject({
    /** The device's CN in 32 bytes, for firmwares that read it from the chip. */
    commonName: slot.default(8),
    compressedDevice: largeSlot.default(10),
    signerPublicKey: largeSlot.default(11),
    compressedSigner: largeSlot.default(12),
    signerRecord: largeSlot.default(14),
    rootPublicKey: largeSlot.default(15),
  })
  .prefault({});

/** Where a field of the signer's record begins. */
function recordOffset(field: keyof RecordLayout) {
  const last = SIGNER_RECORD_LENGTH - SIGNER_RECORD_COUNTS[field];
  return z.number().int().min(0).max(last).default(SIGNER_RECORD[field]);
}

/** A field over another would spoil it. Both are named. */
function requireFieldsApart(layout: RecordLayout, context: z.RefinementCtx): void {
  const endOf = (field: keyof RecordLayout) => layout[field] + SIGNER_RECORD_COUNTS[field];
  for (const field of SIGNER_RECORD_FIELDS) {
    const other = SIGNER_RECORD_FIELDS.find(
      (candidate) => candidate !== field && layout[candidate] < endOf(field) && layout[field] < endOf(candidate),
    );
    if (other === undefined) continue;
    const message = `its ${SIGNER_RECORD_COUNTS[field]} bytes overlap those of ${other}`;
    context.addIssue({ code: 'custom', path: [field], message });
  }
}

/** The layout of slot `signerRecord`, what of the signer certificate its 72 compressed bytes cannot hold. */
const signerRecord = z
  .strictObject({
    serialNumber: recordOffset('serialNumber'),
    notBefore: recordOffset('notBefore'),
    notAfter: recordOffset('notAfter'),
  })
  .superRefine(requireFieldsApart)
  .prefault({});

/** Names in the certificates of a fleet, the root, the signer under it, the devices under that. */
export const certificates = z.strictObject({
  organization: distinguishedName,
  rootCommonName: distinguishedName,
  signerCommonName: distinguishedName,
  /** Where the firmware takes a device's CN from at the rebuild: compiled into its template, or read from slot `commonName`. */
  deviceCommonName: z.enum(['template', 'slot8']),
  slots: certificateSlots,
  signerRecord,
});

function eachOnce(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

export const tls = z.strictObject({
  /** The TLS library: which alert answers which mistake, and what is let pass. */
  library: z.enum(['mbedtls-2.16']),
  /** Offered in this order, by their IANA names. */
  cipherSuites: z.array(z.enum(tlsCipherSuites)).min(1).refine(eachOnce, 'each suite is offered once'),
  curves: z.array(z.enum(tlsCurves)).min(1).refine(eachOnce, 'each curve is offered once'),
  /** Longest plaintext of a record, either way. */
  maxRecordBytes: z.number().int().min(smallestRecord).max(largestRecord),
  serverName: z.boolean(),
  extendedMasterSecret: z.boolean(),
  /** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 3.3). */
  renegotiationScsv: z.boolean(),
  /** Whether the validity dates of the server's certificates count. */
  checkDates: z.boolean(),
});

export type ChipSettings = z.output<typeof chip>;
export type CertificateSettings = z.output<typeof certificates>;
export type TlsProfile = z.output<typeof tls>;
