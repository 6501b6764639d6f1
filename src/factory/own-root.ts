import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { BasicConstraints, Certificate } from 'pkijs';
import { EmuError } from '../../emulator/errors.ts';
import { type Ca, type CaOptions, caUnder, type Issuer } from './ca.ts';
import { canIssue, kindOfKey } from './certificate.ts';
import { extensionValue, OID, ownKeyIdentifier } from './certificate-fields.ts';
import { isKeyOf } from './certified-key.ts';
import { fleetRootUnder } from './fleet-root.ts';
import { keyIdentifier, publicKeyOf } from './keys.ts';
import { caOfSigner } from './own-signer.ts';
import { chainAbove, readCertificates, readKey, unreadableCertificate } from './pem.ts';

export interface OwnRoot {
  /** The CA's certificate, then, unless it is self-signed, those above it up to one that is. */
  readonly certificatePem: string;
  /** Its private key, PKCS #8 or SEC 1, not encrypted. */
  readonly keyPem: string;
}

const KEY_CERT_SIGN = 0x04;
const SMALLEST_RSA = 2048;

/**
 * A fleet under the caller's own CA, so that a broker can be given it beforehand. One on P-256 is the fleet's root
 * itself, and its signer where it may issue no further CA. Any other has a root on P-256 put under it, for a chip
 * stores no other key. Throws `EMU_E_CA_…` for a CA under which the devices' certificates would not verify.
 */
export function loadCa({ certificatePem, keyPem }: OwnRoot, options: CaOptions): Ca {
  const { x509, certificate, mayStandBelow, above } = readOwn(certificatePem);
  const privateKey = readKey(keyPem);
  for (const key of [x509.publicKey, privateKey]) requireFitKey(key);
  if (!isKeyOf(privateKey, x509.publicKey)) throw notItsKey(privateKey, x509);
  for (const each of [x509, ...above]) requireValid(each, options.now);
  const anchors = [x509, ...above].map(({ raw }) => Uint8Array.from(raw)) as [Uint8Array, ...Uint8Array[]];
  const [der, ...rest] = anchors;

  if (kindOfKey(privateKey) !== 'prime256v1') {
    if (mayStandBelow < 2) refuse(x509, 'does not allow two CAs under it, the root of the fleet and its signer');
    const root = fleetRootUnder({ certificate, privateKey }, options);
    return caUnder(root, anchors, options);
  }
  const own: Issuer = { der, publicKey: publicKeyOf(privateKey), privateKey };
  requireKeyIdentifier(certificate, own.publicKey);
  if (mayStandBelow > 0) return caUnder(own, rest, options);
  const [root] = above;
  if (root === undefined) refuse(x509, 'has path length 0, and the signer is a CA under it');
  return caOfSigner(own, root, rest as [Uint8Array, ...Uint8Array[]], options);
}

interface OwnCertificates {
  readonly x509: X509Certificate;
  readonly certificate: Certificate;
  /** How many CAs may stand below one another under it. */
  readonly mayStandBelow: number;
  readonly above: readonly X509Certificate[];
}

/** @throws EmuError EMU_E_CA_CERTIFICATE, _NOT_CA, _CHAIN */
function readOwn(pem: string): OwnCertificates {
  const [x509, ...others] = readCertificates(pem);
  try {
    const certificate = Certificate.fromBER(x509.raw);
    return { x509, certificate, mayStandBelow: requireCa(x509, certificate), above: chainAbove(x509, others) };
  } catch (cause) {
    // OpenSSL and pkijs look into keys and extensions only when they are asked for them.
    throw cause instanceof EmuError ? cause : unreadableCertificate(cause);
  }
}

function requireFitKey(key: KeyObject): void {
  const kind = kindOfKey(key);
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (canIssue(kind) && (bits === undefined || bits >= SMALLEST_RSA)) return;
  throw new EmuError('EMU_E_CA_CURVE', 'the key of the CA is of a kind that is not supported', {
    value: bits === undefined ? kind : `${kind} ${bits}`,
    hint: 'Use P-256, as the chips do, or P-384, P-521, or RSA of 2048 bits or more.',
  });
}

/** A key file names its public half too, which may fit while the private one is damaged. */
function notItsKey(privateKey: KeyObject, { publicKey, subject }: X509Certificate): EmuError {
  if (createPublicKey(privateKey).equals(publicKey)) {
    return new EmuError('EMU_E_CA_KEY', 'the private key of the CA is damaged: what it signs does not verify', {
      hint: 'Take the file from where the key was made again.',
    });
  }
  return new EmuError('EMU_E_CA_KEY_MISMATCH', 'the private key does not belong to the certificate of the CA', {
    value: subject,
    hint: 'Give the private key that belongs to the certificate.',
  });
}

function refuse(x509: X509Certificate, why: string): never {
  throw new EmuError('EMU_E_CA_NOT_CA', `the certificate of the CA ${why}`, {
    value: x509.subject,
    hint: 'Issue it with basicConstraints=critical,CA:TRUE and, if it has a keyUsage, keyCertSign.',
  });
}

/** How many CAs may stand below one another under it. It must be a CA, and allowed to sign certificates. */
function requireCa(x509: X509Certificate, certificate: Certificate): number {
  if (!x509.ca) refuse(x509, 'is not that of a CA');
  const usage = extensionValue(certificate, OID.keyUsage); // BIT STRING: 03, length, unused bits, bits
  if (usage !== undefined && ((usage[3] ?? 0) & KEY_CERT_SIGN) === 0) {
    refuse(x509, 'may not sign certificates');
  }
  const constraints = extensionValue(certificate, OID.basicConstraints);
  const { pathLenConstraint } = constraints === undefined ? {} : BasicConstraints.fromBER(constraints);
  return typeof pathLenConstraint === 'number' ? pathLenConstraint : Number.POSITIVE_INFINITY;
}

function requireValid({ validFrom, validTo, subject }: X509Certificate, now: Date): void {
  if (Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo)) return;
  throw new EmuError('EMU_E_CA_VALIDITY', `the certificate of the CA is valid from ${validFrom} to ${validTo}`, {
    value: subject,
    hint: 'Renew the certificate, or set the clock of this machine.',
  });
}

/** A device names its issuer by SHA-1 of the root's key in its chip; another identifier in the root would break the chain. */
function requireKeyIdentifier(certificate: Certificate, publicKey: Uint8Array): void {
  const value = ownKeyIdentifier(certificate);
  if (value === undefined || Buffer.from(value).equals(keyIdentifier(publicKey))) return;
  throw new EmuError('EMU_E_CA_KEY_IDENTIFIER', 'the subject key identifier of the CA is not SHA-1 of its key', {
    value: Buffer.from(value).toString('hex'),
    hint: 'Issue it with subjectKeyIdentifier=hash.',
  });
}
