import { type HashName, nodeCrypto, type PublicKey, type SignatureKind, verifySignature } from '../../crypto/index.ts';
import { ByteReader, concat } from '../bytes.ts';
import { Refused } from '../failure.ts';
import { namedCurve, secp256r1 } from '../numbers.ts';
import type { TlsPolicy } from '../policy.ts';
import type { CipherSuite } from '../suites.ts';

/** HashAlgorithm and SignatureAlgorithm (RFC 5246 7.4.1.4.1). */
const hashes: ReadonlyMap<number, HashName> = new Map([
  [2, 'sha1'],
  [3, 'sha224'],
  [4, 'sha256'],
  [5, 'sha384'],
  [6, 'sha512'],
]);
const kinds: ReadonlyMap<number, SignatureKind> = new Map([
  [1, 'rsa'],
  [3, 'ecdsa'],
]);

/** The server's ephemeral point, 64 bytes X||Y (RFC 8422 5.4). */
function readPoint(reader: ByteReader, policy: TlsPolicy): Uint8Array {
  const bad = (complaint: string) => new Refused('bad_ecdh_parameters', `the server's ServerKeyExchange ${complaint}`);
  if (reader.uint8() !== namedCurve) throw bad('does not name its curve');
  const curve = reader.uint16();
  if (curve !== secp256r1 || !policy.groups.includes(curve)) throw bad(`uses curve ${curve}, which was not offered`);
  const encoded = reader.vector(1);
  if (encoded.length !== 65 || encoded[0] !== 4) throw bad('does not carry an uncompressed point of P-256');
  const point = encoded.slice(1);
  if (!nodeCrypto.isPoint(point)) throw new Refused('bad_point', "the server's ephemeral point is not on P-256");
  return point;
}

/**
 * Reads ServerKeyExchange and verifies its signature over both randoms and the parameters (RFC 8422 5.4). Throws
 * Refused. Returns the server's ephemeral point.
 */
export function readServerKeyExchange(
  body: Uint8Array,
  policy: TlsPolicy,
  suite: CipherSuite,
  serverKey: PublicKey,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): Uint8Array {
  const reader = new ByteReader(body, 'ServerKeyExchange');
  const point = readPoint(reader, policy);
  const parameters = body.subarray(0, reader.offset);
  const number = reader.uint16();
  const hash = hashes.get(number >> 8);
  const kind = kinds.get(number & 0xff);
  if (!policy.signatureAlgorithms.includes(number) || hash === undefined || kind !== suite.authentication) {
    const hex = number.toString(16).padStart(4, '0');
    throw new Refused(
      'signature_algorithm',
      `the server signed with algorithm 0x${hex}, which was not offered for this suite`,
    );
  }
  const signature = reader.vector(2);
  reader.end();
  if (serverKey.kind !== kind) {
    throw new Refused(
      'key_type_mismatch',
      `the suite ${suite.name} does not fit the server's ${serverKey.kind} certificate`,
    );
  }
  if (!verifySignature(serverKey, { kind, hash }, concat(clientRandom, serverRandom, parameters), signature)) {
    throw new Refused(
      'bad_signature',
      'the signature of ServerKeyExchange does not verify with the server certificate',
    );
  }
  return point;
}
