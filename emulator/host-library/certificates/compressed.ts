/** A certificate as a chip stores it, in 72 bytes (Microchip AN "ATECC compressed certificate definition", table 1). */
export interface CompressedCertificate {
  /** R||S, 64 bytes. */
  readonly signature: Uint8Array;
  /** 3 bytes, see `decodeDates`. */
  readonly encodedDates: Uint8Array;
  /** 2 bytes. */
  readonly signerId: Uint8Array;
  readonly templateId: number;
  readonly chainId: number;
  /** Where the serial number comes from, see `SnSource`. */
  readonly snSource: number;
  readonly formatVersion: number;
  /** More bits of the years in format 1, reserved in format 0. */
  readonly byte71: number;
}

/** The two sources of serial numbers that the firmware's definitions name. */
export const SnSource = { STORED: 0x0, PUB_KEY_HASH: 0xa } as const;

/** Offsets within the 72 bytes. */
export const ENCODED_DATES = 64;
export const SIGNER_ID = 67;
export const TEMPLATE_AND_CHAIN = 69;
export const SN_SOURCE_AND_FORMAT = 70;
export const COMPRESSED_LENGTH = 72;

export function encodeCompressed(certificate: CompressedCertificate): Uint8Array {
  const out = new Uint8Array(COMPRESSED_LENGTH);
  out.set(certificate.signature);
  out.set(certificate.encodedDates, ENCODED_DATES);
  out.set(certificate.signerId, SIGNER_ID);
  out[TEMPLATE_AND_CHAIN] = (certificate.templateId << 4) | certificate.chainId;
  out[SN_SOURCE_AND_FORMAT] = (certificate.snSource << 4) | certificate.formatVersion;
  out[71] = certificate.byte71;
  return out;
}

const NO_SIGNER_ID = new Uint8Array(2);

/** What is written for a certificate of a definition, in format 0. The original firmware has no ids of signers. */
export function compressedBy(
  { templateId, chainId, snSource }: Pick<CompressedCertificate, 'templateId' | 'chainId' | 'snSource'>,
  signature: Uint8Array,
  encodedDates: Uint8Array,
  signerId: Uint8Array = NO_SIGNER_ID,
): Uint8Array {
  const definition = { templateId, chainId, snSource, formatVersion: 0, byte71: 0 };
  return encodeCompressed({ ...definition, signature, encodedDates, signerId });
}

export function decodeCompressed(bytes: Uint8Array): CompressedCertificate {
  const view = new DataView(bytes.buffer, bytes.byteOffset, COMPRESSED_LENGTH);
  const ids = view.getUint8(TEMPLATE_AND_CHAIN);
  const kinds = view.getUint8(SN_SOURCE_AND_FORMAT);
  return {
    signature: bytes.subarray(0, ENCODED_DATES),
    encodedDates: bytes.subarray(ENCODED_DATES, SIGNER_ID),
    signerId: bytes.subarray(SIGNER_ID, TEMPLATE_AND_CHAIN),
    templateId: ids >> 4,
    chainId: ids & 15,
    snSource: kinds >> 4,
    formatVersion: kinds & 15,
    byte71: view.getUint8(71),
  };
}
