import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { BasicConstraints, Certificate } from 'pkijs';
import { EmuError } from '../../emulator/errors.ts';
import { type Authority, type AuthorityOptions, authorityUnder } from './authority.ts';
import { keyIdentifier, publicKeyOf } from './keys.ts';

export interface OwnRoot {
  /** The root's certificate; the first one counts when there are several. */
  readonly certificatePem: string;
  /** Its private key, PKCS #8 or SEC 1, not encrypted. */
  readonly keyPem: string;
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_CERT_SIGN = 0x04;

/**
 * A fleet under the caller's own root, so that a broker can be given it beforehand. Throws `EMU_E_CA_…` for a root
 * under which the devices' certificates would not verify.
 */
export function loadAuthority({ certificatePem, keyPem }: OwnRoot, options: AuthorityOptions): Authority {
  const x509 = readCertificate(certificatePem);
  const privateKey = readKey(keyPem);
  for (const key of [x509.publicKey, privateKey]) requireP256(key);
  if (!x509.checkPrivateKey(privateKey)) {
    throw new EmuError('EMU_E_CA_KEY_MISMATCH', 'the key of the certificate authority is not that of its certificate', {
      value: x509.subject,
      hint: 'give the private key that the certificate was made for',
    });
  }
  const publicKey = publicKeyOf(privateKey);
  const der = Uint8Array.from(x509.raw);
  const certificate = Certificate.fromBER(der);
  requireAuthority(x509, certificate);
  requireValid(x509, options.now);
  requireKeyIdentifier(certificate, publicKey);
  return authorityUnder({ der, publicKey, privateKey }, options);
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new EmuError('EMU_E_CA_CERTIFICATE', 'the certificate of the certificate authority cannot be read', {
      cause,
      hint: 'give an X.509 certificate in PEM (-----BEGIN CERTIFICATE-----)',
    });
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new EmuError('EMU_E_CA_KEY', 'the key of the certificate authority cannot be read', {
      cause,
      hint: 'give a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)',
    });
  }
}

/** The chip computes and stores nothing but P-256. */
function requireP256(key: KeyObject): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'prime256v1') return;
  throw new EmuError('EMU_E_CA_CURVE', 'the certificate authority must have a P-256 key', {
    value: curve ?? key.asymmetricKeyType,
    hint: 'make one with: openssl ecparam -name prime256v1 -genkey -noout',
  });
}

/** It must be allowed to issue the signer, an authority itself: cA, a path length of at least 1, keyCertSign. */
function requireAuthority(x509: X509Certificate, certificate: Certificate): void {
  const refuse = (why: string) => {
    throw new EmuError('EMU_E_CA_NOT_CA', `the certificate of the certificate authority ${why}`, {
      value: x509.subject,
      hint: 'issue it with basicConstraints=critical,CA:TRUE and, if it has a keyUsage, keyCertSign',
    });
  };
  if (!x509.ca) refuse('is not one of an authority');
  const constraints = extensionValue(certificate, BASIC_CONSTRAINTS);
  if (constraints !== undefined) {
    const { pathLenConstraint } = BasicConstraints.fromBER(constraints);
    if (pathLenConstraint === 0) refuse('has path length 0, and the signer is an authority under it');
  }
  const usage = extensionValue(certificate, KEY_USAGE); // BIT STRING: 03, length, unused bits, bits
  if (usage !== undefined && ((usage[3] ?? 0) & KEY_CERT_SIGN) === 0) refuse('does not allow to sign certificates');
}

function requireValid({ validFrom, validTo, subject }: X509Certificate, now: Date): void {
  if (Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo)) return;
  throw new EmuError('EMU_E_CA_VALIDITY', `the certificate authority is valid from ${validFrom} to ${validTo}`, {
    value: subject,
    hint: 'renew the certificate, or set the clock of this machine',
  });
}

/** A device names its authority by SHA-1 of the key in slot 15; another identifier in the root would break the chain. */
function requireKeyIdentifier(certificate: Certificate, publicKey: Uint8Array): void {
  const value = extensionValue(certificate, SUBJECT_KEY_IDENTIFIER)?.subarray(2);
  if (value === undefined || Buffer.from(value).equals(keyIdentifier(publicKey))) return;
  throw new EmuError('EMU_E_CA_KEY_IDENTIFIER', 'the subject key identifier of the authority is not SHA-1 of its key', {
    value: Buffer.from(value).toString('hex'),
    hint: 'issue it with subjectKeyIdentifier=hash',
  });
}

function extensionValue(certificate: Certificate, oid: string): Uint8Array | undefined {
  const found = certificate.extensions?.find(({ extnID }) => extnID === oid);
  return found && new Uint8Array(found.extnValue.valueBlock.valueHexView);
}
