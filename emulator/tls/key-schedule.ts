import { prf } from '../crypto/index.ts';
import { RecordProtection } from './record-protection.ts';

const keyLength = 16;
const saltLength = 4;

/** RFC 5246 8.1; with the hash of the transcript as seed, the extended master secret of RFC 7627 4. */
export function masterSecret(
  premaster: Uint8Array,
  seed: { readonly sessionHash: Uint8Array } | { readonly clientRandom: Uint8Array; readonly serverRandom: Uint8Array },
): Uint8Array {
  if ('sessionHash' in seed) return prf(premaster, 'extended master secret', [seed.sessionHash], 48);
  return prf(premaster, 'master secret', [seed.clientRandom, seed.serverRandom], 48);
}

export interface ConnectionProtection {
  readonly client: RecordProtection;
  readonly server: RecordProtection;
}

/** Both directions' keys out of the key block (RFC 5246 6.3; AEAD suites have no MAC keys). */
export function connectionProtection(
  master: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): ConnectionProtection {
  const length = 2 * (keyLength + saltLength);
  const block = prf(master, 'key expansion', [serverRandom, clientRandom], length);
  const part = (offset: number, size: number) => block.subarray(offset, offset + size);
  return {
    client: new RecordProtection(part(0, keyLength), part(2 * keyLength, saltLength)),
    server: new RecordProtection(part(keyLength, keyLength), part(2 * keyLength + saltLength, saltLength)),
  };
}

/** verify_data of one end's Finished, over the transcript before it (RFC 5246 7.4.9). */
export function verifyData(master: Uint8Array, end: 'client' | 'server', transcriptHash: Uint8Array): Uint8Array {
  return prf(master, `${end} finished`, [transcriptHash], 12);
}
