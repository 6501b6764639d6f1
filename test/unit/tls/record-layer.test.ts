import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../../emulator/tls/failure.ts';
import { HandshakeReader, handshakeMessage } from '../../../emulator/tls/handshake-reader.ts';
import { connectionProtection, masterSecret, verifyData } from '../../../emulator/tls/key-schedule.ts';
import { RecordReader, RecordWriter } from '../../../emulator/tls/record-layer.ts';
import { mbedtls, strict } from '../../support/tls-client.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.refusal;
  }
}

/** P_SHA256 as RFC 5246 5 writes it, by OpenSSL's HMAC. */
function prf(secret: Uint8Array, label: string, seed: Uint8Array, length: number): Buffer {
  const hmac = (data: Uint8Array) => createHmac('sha256', secret).update(data).digest();
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  let a: Buffer = labelled;
  let out = Buffer.alloc(0);
  while (out.length < length) {
    a = hmac(a);
    out = Buffer.concat([out, hmac(Buffer.concat([a, labelled]))]);
  }
  return out.subarray(0, length);
}

describe('the key schedule', () => {
  const [client, server, secret] = [filled(32, 1), filled(32, 2), filled(32, 3)];
  const master = filled(48, 4);
  const hash = filled(32, 5);

  it('has the master secret of RFC 5246 8.1, and the one of RFC 7627 4', () => {
    const seed = { clientRandom: client, serverRandom: server };
    expect(masterSecret(secret, seed)).toEqual(
      Uint8Array.from(prf(secret, 'master secret', Buffer.concat([client, server]), 48)),
    );
    expect(masterSecret(secret, { sessionHash: hash })).toEqual(
      Uint8Array.from(prf(secret, 'extended master secret', hash, 48)),
    );
  });

  it('has the verify_data of RFC 5246 7.4.9', () => {
    for (const end of ['client', 'server'] as const) {
      expect(verifyData(master, end, hash)).toEqual(Uint8Array.from(prf(master, `${end} finished`, hash, 12)));
    }
  });

  // RFC 5246 6.3: client key, server key, client salt, server salt; the server's random is the first of the seed.
  it('cuts the key block as RFC 5288 3 asks, each direction for itself', () => {
    const block = prf(master, 'key expansion', Buffer.concat([server, client]), 40);
    const { client: ours, server: theirs } = connectionProtection(master, client, server);
    const plaintext = bytes('48656c6c6f');
    // seq_num 0, type 23, version, length 5 (RFC 5246 6.2.3.3).
    const additional = bytes('0000000000000000 17 0303 0005');

    const sealed = new Uint8Array(8 + 5 + 16);
    ours.seal(23, plaintext, sealed, 0);
    expect(sealed.subarray(0, 8)).toEqual(filled(8, 0));
    const nonce = Buffer.concat([block.subarray(32, 36), filled(8, 0)]);
    const open = createDecipheriv('aes-128-gcm', block.subarray(0, 16), nonce);
    open.setAAD(additional).setAuthTag(sealed.subarray(13));
    expect(Uint8Array.from(Buffer.concat([open.update(sealed.subarray(8, 13)), open.final()]))).toEqual(plaintext);

    const explicit = bytes('a1a2a3a4a5a6a7a8');
    const seal = createCipheriv('aes-128-gcm', block.subarray(16, 32), Buffer.concat([block.subarray(36), explicit]));
    seal.setAAD(additional);
    const body = Buffer.concat([explicit, seal.update(plaintext), seal.final(), seal.getAuthTag()]);
    expect(theirs.open(23, body)).toEqual(plaintext);
  });
});

describe('the header of a record (RFC 5246 6.2.1)', () => {
  const read = (hex: string, limits: typeof strict, isProtected = false) => {
    const reader = new RecordReader();
    if (isProtected) reader.protect(connectionProtection(filled(48, 4), filled(32, 1), filled(32, 2)).server);
    reader.push(bytes(hex));
    return outcome(() => reader.next(limits));
  };

  it.each([
    ['the lowest type', '14 0303 0001 01', { type: 20, fragment: bytes('01') }],
    ['the highest type', '17 0303 0001 01', { type: 23, fragment: bytes('01') }],
    ['a type below', '13 0303 0001 01', 'unknown_record_type'],
    ['a type above', '18 0303 0001 01', 'unknown_record_type'],
    ['no bytes', '16 0303 0000', 'malformed_record'],
    ['another major version', '16 0403 0001 01', 'record_version'],
    ['a version of SSL 2', '16 0203 0001 01', 'record_version'],
    ['TLS 1.3', '16 0304 0001 01', 'record_version'],
    ['a byte too few', '16 0303 0002 01', undefined],
    ['half a header', '16 0303 00', undefined],
  ])('with %s', (_what, hex, expected) => {
    for (const policy of [strict, mbedtls]) expect(read(hex, policy)).toEqual(expected);
  });

  // RFC 5246 E.1 would have a client take any minor version; ssl_parse_record_header takes those up to its own.
  it.each(['0300', '0301', '0302'])('with version %s is taken by mbedTLS alone', (version) => {
    expect(read(`16 ${version} 0001 01`, strict)).toBe('record_version');
    expect(read(`16 ${version} 0001 01`, mbedtls)).toEqual({ type: 22, fragment: bytes('01') });
  });

  it.each([
    [strict, '4000', '4001'],
    [mbedtls, '2000', '2001'],
  ])('announces as many bytes as the device takes and no more', (policy, longest, tooMany) => {
    expect(read(`16 0303 ${longest}`, policy)).toBeUndefined();
    expect(read(`16 0303 ${tooMany}`, policy)).toBe('record_overflow');
  });

  // RFC 5288 3: eight bytes of explicit nonce and sixteen of tag stand around the plaintext.
  it.each([
    [strict, '4018', '4019'],
    [mbedtls, '2018', '2019'],
  ])('has 24 bytes more when it is protected', (policy, longest, tooMany) => {
    expect(read(`17 0303 ${longest}`, policy, true)).toBeUndefined();
    expect(read(`17 0303 ${tooMany}`, policy, true)).toBe('record_overflow');
    expect(read(`17 0303 0018 ${'00'.repeat(24)}`, policy, true)).toBe('bad_record_mac');
    expect(read(`17 0303 0017 ${'00'.repeat(23)}`, policy, true)).toBe('malformed_record');
  });
});

it('a protected record counts: the second time it does not hold', () => {
  const keys = () => connectionProtection(filled(48, 4), filled(32, 1), filled(32, 2)).server;
  const writer = new RecordWriter(16_384);
  writer.protect(keys());
  const record = writer.write(23, bytes('01'));
  const reader = new RecordReader();
  reader.protect(keys());
  reader.push(record);
  expect(reader.next(strict)).toEqual({ type: 23, fragment: bytes('01') });
  reader.push(record);
  expect(outcome(() => reader.next(strict))).toBe('bad_record_mac');
});

it('content is cut into records of the longest length, and one of no bytes is one record', () => {
  const writer = new RecordWriter(512);
  const lengths = (content: Uint8Array) => {
    const out = writer.write(22, content);
    const found: number[] = [];
    for (let at = 0; at < out.length; at += 5 + (found.at(-1) ?? 0)) {
      expect([...out.subarray(at, at + 3)]).toEqual([22, 3, 3]);
      found.push((out[at + 3] ?? 0) * 256 + (out[at + 4] ?? 0));
    }
    return found;
  };
  expect(lengths(filled(0, 1))).toEqual([0]);
  expect(lengths(filled(512, 1))).toEqual([512]);
  expect(lengths(filled(513, 1))).toEqual([512, 1]);
  expect(lengths(filled(1024, 1))).toEqual([512, 512]);
});

describe('handshake messages in records (RFC 5246 7.4)', () => {
  const first = handshakeMessage(14);
  const second = handshakeMessage(20, filled(12, 7));

  it('come out of the fragments however they were cut', () => {
    const all = Uint8Array.of(...first, ...second);
    for (let cut = 1; cut < all.length; cut++) {
      const reader = new HandshakeReader(true);
      const types: number[] = [];
      // The record layer lends its bytes: it may write over them as soon as next() has had them.
      for (const piece of [all.slice(0, cut), all.slice(cut)]) {
        reader.push(piece);
        for (let message = reader.next(); message; message = reader.next()) {
          expect(message.whole).toEqual(message.type === 14 ? first : second);
          types.push(message.type);
        }
        expect(reader.atBoundary).toBe(types.length === 2 || (types.length === 1 && cut === 4));
        piece.fill(0);
      }
      expect([cut, ...types]).toEqual([cut, 14, 20]);
    }
  });

  it('Quirk: mbedtls_ssl_prepare_handshake_record takes many in one record and none over two', () => {
    const reader = new HandshakeReader(false);
    reader.push(Uint8Array.of(...first, ...second));
    expect([reader.next()?.type, reader.next()?.type, reader.next()]).toEqual([14, 20, undefined]);
    for (const length of [1, 3, 4, second.length - 1]) {
      const cut = new HandshakeReader(false);
      cut.push(second.subarray(0, length));
      expect(outcome(() => cut.next())).toBe('fragmented_message');
    }
  });
});
