/**
 * The slot of what of the signer certificate its 72 compressed bytes cannot hold: serial number and dates to the second.
 * Offsets of the three fields; whatever lies between them is not read.
 */
export interface RecordLayout {
  readonly serialNumber: number;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Of the original firmware. */
export const SIGNER_RECORD: RecordLayout = { serialNumber: 4, notBefore: 22, notAfter: 37 };

/** Bytes of each field: 16 of serial number, two UTCTimes. */
export const SIGNER_RECORD_COUNTS = { serialNumber: 16, notBefore: 13, notAfter: 13 } as const;

/** The slot's bytes that the firmware writes: two blocks. */
export const SIGNER_RECORD_LENGTH = 64;

export type RecordField = keyof RecordLayout;
export const SIGNER_RECORD_FIELDS: readonly RecordField[] = ['serialNumber', 'notBefore', 'notAfter'];
