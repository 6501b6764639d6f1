import { addressBytes } from '../../crypto/index.ts';
import { concat, uint, uint16Vector, vector } from '../bytes.ts';
import { handshakeMessage } from '../handshake-reader.ts';
import { extensionType, handshakeType, tls12 } from '../numbers.ts';
import type { OfferedExtension, TlsPolicy } from '../policy.ts';
import { emptyRenegotiationInfo } from '../suites.ts';

const utf8 = new TextEncoder();
const nothing = new Uint8Array(0);
const uncompressed = Uint8Array.of(0);

function extensionData(extension: OfferedExtension, policy: TlsPolicy, serverName: string): Uint8Array {
  switch (extension) {
    case 'server_name':
      return vector(2, uint(0, 1), vector(2, utf8.encode(serverName)));
    case 'signature_algorithms':
      return uint16Vector(policy.signatureAlgorithms);
    case 'supported_groups':
      return uint16Vector(policy.groups);
    case 'ec_point_formats':
      return vector(1, uncompressed);
    case 'encrypt_then_mac':
    case 'extended_master_secret':
    case 'session_ticket':
      return nothing;
  }
}

/** The extensions that a ClientHello to `serverName` carries. */
export function offeredExtensions(policy: TlsPolicy, serverName: string): readonly OfferedExtension[] {
  if (policy.serverNameForAddresses || addressBytes(serverName) === undefined) return policy.extensions;
  return policy.extensions.filter((extension) => extension !== 'server_name');
}

/** ClientHello (RFC 5246 7.4.1.2): no session to resume, no compression. `random` has 32 bytes. */
export function clientHello(
  policy: TlsPolicy,
  random: Uint8Array,
  serverName: string,
  offered: readonly OfferedExtension[],
): Uint8Array {
  const suites = policy.renegotiationScsv ? [...policy.suites, emptyRenegotiationInfo] : policy.suites;
  const extensions = offered.map((extension) =>
    concat(uint(extensionType[extension], 2), vector(2, extensionData(extension, policy, serverName))),
  );
  return handshakeMessage(
    handshakeType.clientHello,
    uint(tls12, 2),
    random,
    vector(1),
    uint16Vector(suites),
    vector(1, Uint8Array.of(0)),
    // RFC 5246 7.4.1.2: without extensions the field is absent, not empty.
    extensions.length === 0 ? nothing : vector(2, ...extensions),
  );
}
