import { EmuError } from '../../errors.ts';
import { SnSource } from './compressed.ts';
import { readTime, UTC_TIME } from './dates.ts';
import { locateElements, unfit } from './locate-elements.ts';

/** Where bytes of a certificate are. */
export interface Element {
  readonly offset: number;
  readonly count: number;
}

/** What differs between two certificates of one template. Every element is content alone, but `tbs` and `signature` have their headers. */
export interface CertificateElements {
  readonly tbs: Element;
  readonly serialNumber: Element;
  readonly notBefore: Element;
  readonly notAfter: Element;
  /** X||Y. */
  readonly publicKey: Element;
  readonly subjectKeyId: Element;
  readonly authorityKeyId: Element;
  /** The subject's. */
  readonly commonName: Element;
  /** The last element: its count is the template's own. */
  readonly signature: Element;
}

/** What a firmware's binary knows about the certificates of a fleet: one is enough for any number of devices. */
export interface CertificateDefinition {
  readonly template: Uint8Array;
  readonly elements: CertificateElements;
  readonly templateId: number;
  readonly chainId: number;
  readonly snSource: number;
  /** 0 = the template's notAfter stands. */
  readonly expireYears: number;
}

/** Of the original firmware, and of Microchip's Trust&GO parts. */
export type CertificateKind = 'signer' | 'device' | 'trustAndGoSigner' | 'trustAndGoDevice';

const IDENTITY = {
  signer: { templateId: 1, chainId: 0, snSource: SnSource.STORED },
  device: { templateId: 2, chainId: 0, snSource: SnSource.PUB_KEY_HASH },
  trustAndGoSigner: { templateId: 1, chainId: 0, snSource: SnSource.PUB_KEY_HASH },
  trustAndGoDevice: { templateId: 3, chainId: 0, snSource: SnSource.PUB_KEY_HASH },
} as const satisfies Record<CertificateKind, object>;

/** Whole years between the dates, 0 for more than the five bits of a compressed certificate hold. */
function expireYearsOf(der: Uint8Array, { notBefore, notAfter }: CertificateElements): number {
  const years =
    readTime(der, notAfter.offset, notAfter.count).year - readTime(der, notBefore.offset, notBefore.count).year;
  return years < 0 || years > 31 ? 0 : years;
}

function elementsOf(der: Uint8Array): CertificateElements {
  try {
    return locateElements(der);
  } catch (cause) {
    if (!(cause instanceof EmuError) || cause.code !== 'EMU_E_DER_MALFORMED') throw cause;
    throw new EmuError('EMU_E_DER', `this is not a certificate in DER: ${cause.message}`, {
      value: cause.value,
      hint: 'Give one certificate in DER; PEM is to be decoded first.',
      cause,
    });
  }
}

/**
 * The definition that the firmware's build derives from an issued certificate: the certificate is the template, and
 * its places of change are found by parsing. Made once per fleet.
 * @throws EmuError EMU_E_DER, EMU_E_CERTIFICATE
 */
export function definitionFrom(der: Uint8Array, kind: CertificateKind): CertificateDefinition {
  const elements = elementsOf(der);
  const { notBefore, notAfter } = elements;
  if (kind === 'signer' && notBefore.count + notAfter.count !== 2 * UTC_TIME) {
    throw unfit("the signer's record holds its dates as UTCTime", notAfter.count);
  }
  return { template: new Uint8Array(der), elements, ...IDENTITY[kind], expireYears: expireYearsOf(der, elements) };
}
