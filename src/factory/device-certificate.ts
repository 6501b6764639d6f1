import { sign } from 'node:crypto';
import { EmuError } from '../../emulator/errors.ts';
import {
  type CertificateDefinition,
  compressedBy,
  definitionFrom,
  encodeDates,
  padPublicKey,
  rebuildDevice,
} from '../../emulator/host-library/index.ts';
import type { Ca } from './ca.ts';
import {
  authorityKeyIdentifier,
  distinguishedName,
  issueCertificate,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { wholeHour, yearsAfter } from './dates.ts';

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

/** Where a certificate's signature and what depends on it are left open. */
const UNSIGNED = new Uint8Array(64).fill(0x01);

/** Issues device certificates from a fleet's definition: filling a template in costs a small part of building one. */
export class DeviceCertificates {
  readonly definition: CertificateDefinition;
  readonly #ca: Ca;
  readonly #authorityKey72: Uint8Array;
  readonly #encodedDates: Uint8Array;

  constructor(ca: Ca) {
    this.definition = deviceDefinition(ca);
    this.#ca = ca;
    this.#authorityKey72 = padPublicKey(ca.signer.publicKey);
    const { issuedAt } = ca;
    this.#encodedDates = encodeDates({
      year: issuedAt.getUTCFullYear(),
      month: issuedAt.getUTCMonth() + 1,
      day: issuedAt.getUTCDate(),
      hour: issuedAt.getUTCHours(),
      expireYears: this.definition.expireYears,
    });
  }

  /** The certificate of a device, DER. `commonName` is ASCII. */
  issue(publicKey64: Uint8Array, commonName: Uint8Array): Uint8Array {
    const { offset, count } = this.definition.elements.tbs;
    const tbs = this.#fill(publicKey64, commonName, UNSIGNED).subarray(offset, offset + count);
    const signature = sign('sha256', tbs, { key: this.#ca.signer.privateKey, dsaEncoding: 'ieee-p1363' });
    return this.#fill(publicKey64, commonName, signature);
  }

  #fill(publicKey64: Uint8Array, commonName: Uint8Array, signature: Uint8Array): Uint8Array {
    const { definition } = this;
    const result = rebuildDevice({
      definition,
      compressed: compressedBy(definition, signature, this.#encodedDates),
      publicKey64,
      authorityKey72: this.#authorityKey72,
      commonName,
    });
    if (result.status === 0) return result.der;
    throw new EmuError('EMU_E_CERTIFICATE', 'a device certificate cannot be issued', { value: result.status });
  }
}
