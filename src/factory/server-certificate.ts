import { createPrivateKey } from 'node:crypto';
import { OctetString } from 'asn1js';
import { type Extension, GeneralName, GeneralNames } from 'pkijs';
import { addressBytes } from '../../emulator/crypto/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { certificateSerial, type Issuer } from './ca.ts';
import { derOf } from './ca-document.ts';
import {
  basicConstraints,
  distinguishedName,
  extension,
  issueCertificate,
  subjectKeyIdentifier,
} from './certificate.ts';
import { issuerOf } from './certified-key.ts';
import { issueDate, yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';
import { type LeafCertificate, leafCertificate } from './leaf-certificate.ts';
import { certificatePem } from './pem.ts';

/** The issuer of the certificates of servers. */
export interface ServerCa {
  readonly root: Issuer;
  readonly issuedAt: Date;
  readonly organization: string;
}

export interface ServerCertificateOptions {
  readonly ca: ServerCa;
  /** Names and addresses that devices reach the server by; the first becomes the CN. */
  readonly hosts: readonly [string, ...string[]];
  readonly rng: Rng;
}

export interface ServerCaOptions {
  readonly rng: Rng;
  readonly now: Date;
  readonly organization: string;
}

const SUBJECT_ALT_NAME = '2.5.29.17';
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const SERVER_CA_YEARS = 10;

/**
 * A CA for servers alone, created anew each time: a fleet may be without the key of its root, and whom devices
 * trust should not be able to make devices.
 */
export function createServerCa({ rng, now, organization }: ServerCaOptions): ServerCa {
  const name = distinguishedName(organization, 'server CA');
  const keys = makeKeyPair(rng.fork('pki', 'server authority', 'key'));
  const issuedAt = issueDate(now);
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'server authority', 'serial')),
      issuer: name,
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, SERVER_CA_YEARS),
      subject: name,
      publicKey: keys.publicKey,
      extensions: [subjectKeyIdentifier(keys.publicKey), basicConstraints(true, 0)],
    },
    keys.privateKey,
  );
  return { root: { ...keys, der }, issuedAt, organization };
}

/** A CA of servers as text: its certificate in PEM, its key in PKCS #8. */
export interface ServerCaDocument {
  readonly organization: string;
  readonly certificate: string;
  readonly key: string;
}

export function serverCaDocument({ root, organization }: ServerCa): ServerCaDocument {
  const key = root.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { organization, certificate: certificatePem(root.der), key };
}

/** The CA, which issues from `now` on. Throws what a certificate or a key that cannot be read throws. */
export function serverCaFrom({ organization, certificate, key }: ServerCaDocument, now: Date): ServerCa {
  return { root: issuerOf(derOf(certificate), createPrivateKey(key)), issuedAt: issueDate(now), organization };
}

/** A certificate of a server, for the names and addresses that devices reach it by. */
export function serverCertificate({ ca, hosts, rng }: ServerCertificateOptions): LeafCertificate {
  const { root, issuedAt, organization } = ca;
  return leafCertificate({
    issuer: root,
    issuedAt,
    organization,
    commonName: hosts[0],
    purpose: 'server',
    extensions: [subjectAltName(hosts)],
    rng: rng.fork('pki', 'server'),
  });
}

function subjectAltName(hosts: readonly string[]): Extension {
  const names = hosts.map((host) => {
    const address = addressBytes(host);
    if (address === undefined) return new GeneralName({ type: DNS_NAME, value: host });
    return new GeneralName({ type: IP_ADDRESS, value: new OctetString({ valueHex: Uint8Array.from(address).buffer }) });
  });
  return extension(SUBJECT_ALT_NAME, false, new GeneralNames({ names }).toSchema().toBER());
}
