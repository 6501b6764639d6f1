import { isIPv4, isIPv6 } from 'node:net';
import { OctetString } from 'asn1js';
import { type Extension, ExtKeyUsage, GeneralName, GeneralNames } from 'pkijs';
import { EmuError } from '../../emulator/errors.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { type Authority, certificateSerial } from './authority.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  extension,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';
import { certificatePem } from './pem.ts';

export interface ServerCertificateOptions {
  readonly authority: Authority;
  /** The first becomes the CN. */
  readonly hostNames: readonly [string, ...string[]];
  readonly ipAddresses: readonly string[];
  readonly rng: Rng;
}

export interface ServerCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

const SUBJECT_ALT_NAME = '2.5.29.17';
const EXT_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const DIGITAL_SIGNATURE = 0x80;
const SERVER_YEARS = 1;

/** A P-256 certificate of a server under the fleet's root, for the names and addresses that devices reach it by. */
export function serverCertificate(options: ServerCertificateOptions): ServerCertificate {
  const { authority, hostNames, ipAddresses, rng } = options;
  const { root, issuedAt, organization } = authority;
  const { privateKey, publicKey } = makeKeyPair(rng.fork('pki', 'server', 'key'));
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'server', 'serial')),
      issuer: subjectOf(root.der),
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, SERVER_YEARS),
      subject: distinguishedName(organization, hostNames[0]),
      publicKey,
      extensions: [
        basicConstraints(false),
        keyUsage(DIGITAL_SIGNATURE),
        extension(EXT_KEY_USAGE, false, new ExtKeyUsage({ keyPurposes: [SERVER_AUTH] }).toSchema().toBER()),
        subjectAltName(hostNames, ipAddresses),
        subjectKeyIdentifier(publicKey),
        authorityKeyIdentifier(root.publicKey),
      ],
    },
    root.privateKey,
  );
  return {
    certificatePem: certificatePem(der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function subjectAltName(hostNames: readonly string[], ipAddresses: readonly string[]): Extension {
  const names = [
    ...hostNames.map((name) => new GeneralName({ type: DNS_NAME, value: name })),
    ...ipAddresses.map((address) => {
      const value = new OctetString({ valueHex: Uint8Array.from(addressBytes(address)).buffer });
      return new GeneralName({ type: IP_ADDRESS, value });
    }),
  ];
  return extension(SUBJECT_ALT_NAME, false, new GeneralNames({ names }).toSchema().toBER());
}

/** An address in network byte order, 4 or 16 bytes. */
function addressBytes(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  if (!isIPv6(address)) {
    throw new EmuError('EMU_E_IP_ADDRESS', 'a server certificate can name IPv4 and IPv6 addresses', { value: address });
  }
  // The URL parser writes an embedded IPv4 tail in hexadecimal, so that only groups are left.
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
