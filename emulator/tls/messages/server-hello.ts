import { ByteReader } from '../bytes.ts';
import { Refused } from '../failure.ts';
import { extensionType, tls12 } from '../numbers.ts';
import type { OfferedExtension, TlsPolicy } from '../policy.ts';
import { type CipherSuite, cipherSuites } from '../suites.ts';

/** What a ServerHello decides (RFC 5246 7.4.1.3). */
export interface ServerHello {
  readonly random: Uint8Array;
  readonly suite: CipherSuite;
  readonly extendedMasterSecret: boolean;
  /** The server will send a NewSessionTicket. */
  readonly sessionTicket: boolean;
  readonly secureRenegotiation: boolean;
}

const extensionNames = new Map<number, string>(Object.entries(extensionType).map(([name, type]) => [type, name]));

function checkExtension(name: string, data: Uint8Array, policy: TlsPolicy): void {
  switch (name) {
    case 'renegotiation_info':
      // RFC 5746 3.4: empty in an initial handshake, and its length byte says so.
      if (data.length !== 1 || data[0] !== 0) {
        throw new Refused('renegotiation_info', "the server's renegotiation_info is not that of a first handshake");
      }
      return;
    case 'ec_point_formats': {
      const reader = new ByteReader(data, 'ec_point_formats');
      const formats = reader.vector(1);
      reader.end();
      if (!formats.includes(0)) throw new Refused('point_formats', 'the server does not take uncompressed points');
      return;
    }
    case 'encrypt_then_mac':
      if (!policy.tolerates.includes('encrypt_then_mac_with_aead')) {
        throw new Refused('encrypt_then_mac_with_aead', 'the server answered encrypt_then_mac with an AEAD suite');
      }
      return;
    default:
      if (data.length > 0) throw new Refused('bad_extension', `the server's ${name} extension is not empty`);
  }
}

function isAnswerable(name: string, offered: readonly string[], policy: TlsPolicy): boolean {
  if (name === 'renegotiation_info') return policy.renegotiationScsv;
  return name !== 'signature_algorithms' && name !== 'supported_groups' && offered.includes(name);
}

function readExtensions(
  reader: ByteReader,
  offered: readonly OfferedExtension[],
  policy: TlsPolicy,
): ReadonlySet<string> {
  const lenient = policy.tolerates.includes('unsolicited_extensions');
  const seen = new Set<string>();
  while (!reader.atEnd) {
    const type = reader.uint16();
    const data = reader.vector(2);
    const name = extensionNames.get(type) ?? `extension ${type}`;
    if (!isAnswerable(name, offered, policy)) {
      if (lenient) continue;
      throw new Refused('unsolicited_extension', `the server answered ${name}, which was not offered`);
    }
    if (seen.has(name) && !lenient) throw new Refused('duplicate_extension', `the server answered ${name} twice`);
    checkExtension(name, data, policy);
    seen.add(name);
  }
  return seen;
}

/** Reads and checks a ServerHello against what was offered. Throws Refused. */
export function readServerHello(
  body: Uint8Array,
  offered: readonly OfferedExtension[],
  policy: TlsPolicy,
): ServerHello {
  const reader = new ByteReader(body, 'ServerHello');
  const version = reader.uint16();
  if (version !== tls12) {
    throw new Refused(
      'protocol_version',
      `the server chose version 0x${version.toString(16)}, the device speaks TLS 1.2`,
    );
  }
  const random = reader.take(32).slice();
  const session = reader.vector(1);
  if (session.length > 32) throw reader.malformed('has a session id of more than 32 bytes');
  const id = reader.uint16();
  const suite = cipherSuites.find((known) => known.id === id);
  if (suite === undefined || !policy.suites.includes(id)) {
    throw new Refused('suite_not_offered', `the server chose suite 0x${id.toString(16)}, which was not offered`);
  }
  if (reader.uint8() !== 0) throw new Refused('compression', 'the server chose a compression');
  const extensions = reader.atEnd ? new Uint8Array(0) : reader.vector(2);
  reader.end();
  const seen = readExtensions(new ByteReader(extensions, 'ServerHello extensions'), offered, policy);
  return {
    random,
    suite,
    extendedMasterSecret: seen.has('extended_master_secret'),
    sessionTicket: seen.has('session_ticket'),
    secureRenegotiation: seen.has('renegotiation_info'),
  };
}
