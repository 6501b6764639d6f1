import { sign } from 'node:crypto';
import { type CertificateDefinition, definitionFrom, padPublicKey } from '../../emulator/host-library/index.ts';
import type { Ca } from './ca.ts';
import {
  authorityKeyIdentifier,
  distinguishedName,
  issueCertificate,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { wholeHour, yearsAfter } from './dates.ts';
import { encodedDatesOf, issueFromTemplate } from './filled-template.ts';

/** As long as every device's common name: 18 hex digits of a serial number. */
const PLACEHOLDER = '0123xxxxxxxxxxxxee';
/** RFC 5280 would have 9999; the original firmware's script has this one. */
const NEVER = new Date('3000-12-31T23:59:59Z');

/**
 * The definition of a fleet's device certificates: a certificate for no one, whose names, validity and extensions all
 * of them share. Key, serial number and CN in it stand for others.
 */
export function deviceDefinition(ca: Ca): CertificateDefinition {
  const { signer, issuedAt, organization, deviceYears } = ca;
  const notBefore = wholeHour(issuedAt);
  const template = issueCertificate(
    {
      serialNumber: new Uint8Array(16).fill(0x40),
      issuer: subjectOf(signer.der),
      notBefore,
      notAfter: deviceYears === undefined ? NEVER : yearsAfter(notBefore, deviceYears),
      subject: distinguishedName(organization, PLACEHOLDER),
      publicKey: signer.publicKey,
      extensions: [subjectKeyIdentifier(signer.publicKey), authorityKeyIdentifier(signer.publicKey)],
    },
    signer.privateKey,
  );
  return definitionFrom(template, 'device');
}

/** Issues device certificates from a fleet's definition. */
export class DeviceCertificates {
  readonly definition: CertificateDefinition;
  readonly #ca: Ca;
  readonly #authorityKey72: Uint8Array;
  readonly #encodedDates: Uint8Array;

  constructor(ca: Ca) {
    this.definition = deviceDefinition(ca);
    this.#ca = ca;
    this.#authorityKey72 = padPublicKey(ca.signer.publicKey);
    this.#encodedDates = encodedDatesOf(ca.issuedAt, this.definition.expireYears);
  }

  /** The certificate of a device, DER. `commonName` is ASCII. */
  issue(publicKey64: Uint8Array, commonName: Uint8Array): Uint8Array {
    const filling = {
      publicKey64,
      commonName,
      authorityKey72: this.#authorityKey72,
      encodedDates: this.#encodedDates,
    };
    const key = { key: this.#ca.signer.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return issueFromTemplate(this.definition, filling, (tbs) => sign('sha256', tbs, key)).der;
  }
}
