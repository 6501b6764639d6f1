import { derFromPem } from '../crypto/index.ts';
import { EmuError } from '../errors.ts';
import {
  type CredentialDefinitions,
  type CredentialSlots,
  type Credentials,
  compressDevice,
  compressSigner,
  definitionFrom,
  publicKeyFromInfo,
  type RecordLayout,
} from '../host-library/index.ts';

/** The PEM texts that a host sends, by the letter that announces them. */
export interface Received {
  /** The signer's certificate. */
  readonly c: string;
  /** The device's. */
  readonly v: string;
  /** The root's public key. */
  readonly b: string;
}

export const NOTHING_RECEIVED: Received = { c: '', v: '', b: '' };

/** Where a chip holds what the certificates' templates leave open. */
export interface CredentialLayout {
  readonly deviceKeySlot: number;
  readonly slots: CredentialSlots;
  readonly signerRecord: RecordLayout;
}

/** What is to be provisioned, or in lines of text why it cannot be. */
export type Decoded = { readonly definitions: CredentialDefinitions; readonly credentials: Credentials } | string;

/** The certificates that were received are their own templates: one build of this firmware serves every fleet. */
export function decode({ c, v, b }: Received, layout: CredentialLayout): Decoded {
  const signer = decoded('signer cert', () => {
    const der = derOf(c, 'CERTIFICATE');
    return { der, definition: definitionFrom(der, 'signer'), slots: compressSigner(der, layout.signerRecord) };
  });
  const device = decoded('device cert', () => {
    const der = derOf(v, 'CERTIFICATE');
    // Refused before anything is written, where a chip could not give it back.
    compressDevice(der);
    return { der, definition: definitionFrom(der, 'device') };
  });
  const rootPublicKey = decoded('root pubkey', () => {
    const key = publicKeyFromInfo(derOf(b, 'PUBLIC KEY'));
    if (key === undefined) throw new EmuError('EMU_E_DER', 'this is no public key on P-256');
    return key;
  });
  if (typeof signer === 'string' || typeof device === 'string' || typeof rootPublicKey === 'string') {
    return [signer, device, rootPublicKey].filter((part) => typeof part === 'string').join('');
  }
  return {
    definitions: { ...layout, signer: signer.definition, device: device.definition },
    credentials: {
      rootPublicKey,
      signer: signer.der,
      signerSlots: signer.slots,
      device: device.der,
      commonName: undefined,
    },
  };
}

function decoded<T>(what: string, decode: () => T): T | string {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof EmuError)) throw error;
    return `${what} conversion failed: ${error.message}\n`;
  }
}

function derOf(text: string, label: string): Uint8Array {
  const der = derFromPem(text, label);
  if (der !== undefined) return der;
  const message = text === '' ? 'none was received' : `this is no whole -----BEGIN ${label}----- in PEM`;
  throw new EmuError('EMU_E_PEM_EMPTY', message);
}
