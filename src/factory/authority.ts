import type { KeyObject } from 'node:crypto';
import type { Rng } from '../../emulator/rng/index.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { issueDate, yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';

/** Names in a fleet's certificates, as a profile gives them. */
export interface CertificateNames {
  readonly organization: string;
  readonly rootCommonName: string;
  readonly signerCommonName: string;
}

/** A certificate and the key to issue others under it. Survives a structured clone. */
export interface Issuer {
  /** The certificate, DER. */
  readonly der: Uint8Array;
  /** X||Y. */
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

/** What stands above the devices of a fleet: root, then signer. */
export interface Authority {
  readonly root: Issuer;
  readonly signer: Issuer;
  /** When the fleet's certificates are issued. */
  readonly issuedAt: Date;
  /** O in the names of the signer and the devices. */
  readonly organization: string;
}

export interface AuthorityOptions {
  readonly rng: Rng;
  readonly now: Date;
  readonly names: CertificateNames;
}

const ROOT_YEARS = 25;
const SIGNER_YEARS = 10;
/** digitalSignature, keyCertSign, cRLSign. */
const SIGNER_KEY_USAGE = 0x86;

/** A self-signed root for a fleet, and the signer under it. Keys and serial numbers flow from `rng`; signatures do not. */
export function createAuthority(options: AuthorityOptions): Authority {
  const { rng, now, names } = options;
  const name = distinguishedName(names.organization, names.rootCommonName);
  const keys = makeKeyPair(rng.fork('pki', 'root', 'key'));
  const issuedAt = issueDate(now);
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'root', 'serial')),
      issuer: name,
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, ROOT_YEARS),
      subject: name,
      publicKey: keys.publicKey,
      extensions: [subjectKeyIdentifier(keys.publicKey), basicConstraints(true)],
    },
    keys.privateKey,
  );
  return authorityUnder({ ...keys, der }, options);
}

/** The fleet's signer, issued by `root`. */
export function authorityUnder(root: Issuer, { rng, now, names }: AuthorityOptions): Authority {
  const issuedAt = issueDate(now);
  const keys = makeKeyPair(rng.fork('pki', 'signer', 'key'));
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'signer', 'serial')),
      issuer: subjectOf(root.der),
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, SIGNER_YEARS),
      subject: distinguishedName(names.organization, names.signerCommonName),
      publicKey: keys.publicKey,
      extensions: [
        basicConstraints(true, 0),
        keyUsage(SIGNER_KEY_USAGE),
        subjectKeyIdentifier(keys.publicKey),
        authorityKeyIdentifier(root.publicKey),
      ],
    },
    root.privateKey,
  );
  return { root, signer: { ...keys, der }, issuedAt, organization: names.organization };
}

/** 16 bytes that are a positive INTEGER of exactly that length: the first lies between 40 and 7F. */
export function certificateSerial(rng: Rng): Uint8Array {
  const serial = rng.bytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}
