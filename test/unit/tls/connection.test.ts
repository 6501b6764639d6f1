import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyOperations } from '../../../emulator/tls/index.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';
import type { HostileServerOptions } from '../../support/hostile-server.ts';
import { clientOptions, mbedtls, strict, TlsPair } from '../../support/tls-client.ts';

let ca: Ca;
let device: Identity;
let broker: Identity;

beforeAll(async () => {
  ca = await createCa({ commonName: 'root' });
  device = await ca.issue({ commonName: 'device 1' });
  broker = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'] });
});

const options = (policy = mbedtls) => clientOptions({ ca: ca.certificate, device, policy });
const full = { requestCertificate: true, sessionTicket: true };

function pairOf(server: Partial<HostileServerOptions> = {}, chunk?: number): TlsPair {
  return new TlsPair(options(), { ...broker, ...server }, chunk);
}

/** The same keys; `tell` hears of each operation before it begins. */
function watched(keys: KeyOperations, tell: (name: keyof KeyOperations, length?: number) => void): KeyOperations {
  return {
    generateEphemeral() {
      tell('generateEphemeral');
      return keys.generateEphemeral();
    },
    agree(peer) {
      tell('agree', peer.length);
      return keys.agree(peer);
    },
    sign(digest) {
      tell('sign', digest.length);
      return keys.sign(digest);
    },
  };
}

/** Types of the records in a write. */
function recordTypes(bytes: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at < bytes.length; at += 5 + (bytes[at + 3] ?? 0) * 256 + (bytes[at + 4] ?? 0))
    types.push(bytes[at] ?? 0);
  return types;
}

describe('the flights of a handshake', () => {
  it('leave in one write each, every message in its own record', async () => {
    const pair = await pairOf(full).handshake();
    expect(pair.written.map(recordTypes)).toEqual([[22], [22, 22, 22, 20, 22]]);
    // ClientHello, Certificate, ClientKeyExchange, CertificateVerify, Finished.
    expect(pair.server.seen.map(({ type }) => type)).toEqual([1, 11, 16, 15, 20]);
  });

  it('have no Certificate when none is requested, and an empty one when there is none', async () => {
    expect((await pairOf().handshake()).server.seen.map(({ type }) => type)).toEqual([1, 16, 20]);
    const bare = new TlsPair({ ...options(), certificates: [] }, { ...broker, requestCertificate: true });
    expect((await bare.handshake()).server.seen.map(({ type }) => type)).toEqual([1, 11, 16, 20]);
    expect([...(bare.server.seen[1]?.body ?? [])]).toEqual([0, 0, 0]);
    expect(bare.info).toMatchObject({ certificateRequested: true, certificateSent: false });
  });

  it('ask the keys in the order generateEphemeral, agree, sign', async () => {
    const asked: string[] = [];
    const { keys, ...rest } = options();
    const spied = watched(keys, (...operation) => asked.push(operation.join(' ')));
    await new TlsPair({ ...rest, keys: spied }, { ...broker, ...full }).handshake();
    expect(asked).toEqual(['generateEphemeral', 'agree 64', 'sign 32']);
  });

  it.each([1, 2, 3, 5, 7, 64, 1000])('come through when the client gets %i bytes at a time', async (chunk) => {
    const pair = await pairOf(full, chunk).handshake();
    expect(pair.info).toBeDefined();
    pair.client.send(new Uint8Array(3000).fill(7));
    expect(pair.data).toEqual([new Uint8Array(3000).fill(7)]);
  });

  it('come through when each piece comes in the same Buffer', async () => {
    const pair = pairOf(full, 7);
    const receive = pair.client.receive.bind(pair.client);
    const buffer = Buffer.alloc(7);
    pair.client.receive = (bytes) => {
      buffer.set(bytes);
      receive(buffer.subarray(0, bytes.length));
      buffer.fill(0);
    };
    expect((await pair.handshake()).info).toBeDefined();
    pair.client.send(new Uint8Array(300).fill(7));
    expect(pair.data).toEqual([new Uint8Array(300).fill(7)]);
  });

  it('come through when many messages share a record', async () => {
    let gathered = new Uint8Array(0);
    const pair = await pairOf({
      mischief: {
        wire: (step, record) => {
          if (step === 'change_cipher_spec' || step === 'finished') return record;
          gathered = Uint8Array.from([...gathered, ...record.subarray(5)]);
          if (step !== 'server_hello_done') return new Uint8Array(0);
          return Uint8Array.from([22, 3, 3, gathered.length >> 8, gathered.length & 255, ...gathered]);
        },
      },
    }).handshake();
    expect(pair.info).toBeDefined();
  });
});

describe('application data', () => {
  it('is one record a send, one callback a record', async () => {
    const pair = await pairOf().handshake();
    for (const text of ['a', 'bc', 'def']) pair.client.send(new TextEncoder().encode(text));
    expect(pair.data.map((record) => new TextDecoder().decode(record))).toEqual(['a', 'bc', 'def']);
    expect(pair.written.slice(2).map(recordTypes)).toEqual([[23], [23], [23]]);
  });

  it('is split at 8192 bytes, in one write', async () => {
    const pair = await pairOf().handshake();
    pair.client.send(new Uint8Array(20_000));
    expect(pair.written.length).toBe(3);
    expect(pair.server.received.map((record) => record.length)).toEqual([8192, 8192, 3616]);
  });

  it('kills the connection when a record is longer than the device takes', async () => {
    const pair = await pairOf().handshake();
    pair.server.send(new Uint8Array(8192));
    expect(pair.data.map((record) => record.length)).toEqual([8192]);
    pair.server.send(new Uint8Array(8193));
    expect(pair.reason?.code).toBe('EMU_E_TLS_RECORD_OVERFLOW');
    expect(pair.reason?.value).toMatchObject({ state: 'established', direction: 'none' });
  });

  it('skips empty records', async () => {
    const pair = await pairOf().handshake();
    pair.server.send(new Uint8Array(0));
    expect(pair.data).toEqual([]);
    expect(pair.client.state).toBe('established');
  });

  it('cannot be sent before or after', async () => {
    const pair = pairOf();
    const refusal = expect.objectContaining({ code: 'EMU_E_TLS_NOT_ESTABLISHED' });
    expect(() => pair.client.send(Uint8Array.of(1))).toThrow(refusal);
    await pair.handshake();
    expect(() => pair.client.start()).toThrow(expect.objectContaining({ code: 'EMU_E_TLS_ALREADY_STARTED' }));
    pair.client.close();
    expect(() => pair.client.send(Uint8Array.of(1))).toThrow(refusal);
  });
});

describe('the end of a connection', () => {
  it('is close_notify when the client closes', async () => {
    const pair = await pairOf().handshake();
    pair.client.close();
    pair.client.transportClosed();
    expect(pair.server.alerts).toEqual([{ level: 1, description: 0 }]);
    expect([pair.closures, pair.reason]).toEqual([1, undefined]);
  });

  it('is close_notify both ways when the server closes', async () => {
    const pair = await pairOf().handshake();
    pair.server.alert(1, 0);
    expect(pair.server.alerts).toEqual([{ level: 1, description: 0 }]);
    expect([pair.closures, pair.reason, pair.client.state]).toEqual([1, undefined, 'closed']);
  });

  it('is an error when TCP ends without close_notify', async () => {
    const pair = await pairOf().handshake();
    pair.server.hangUp();
    expect(pair.reason?.code).toBe('EMU_E_TLS_TRUNCATED');
  });

  it('is silent when the client closes during the handshake', () => {
    const pair = pairOf({ mischief: { wire: () => new Uint8Array(0) } });
    pair.client.start();
    pair.client.close();
    expect([pair.closures, pair.reason, pair.server.alerts]).toEqual([1, undefined, []]);
  });

  const order = ['generateEphemeral', 'agree', 'sign'] as const;
  it.each(order)('comes during %s, after which the keys are asked for nothing more', async (last) => {
    const asked: string[] = [];
    const { keys, ...rest } = options();
    const closing = watched(keys, (name) => {
      asked.push(name);
      if (name !== last) return;
      expect(pair.client.state).toBe('client_key_exchange');
      pair.client.close();
    });
    const pair: TlsPair = new TlsPair({ ...rest, keys: closing }, { ...broker, ...full });
    pair.client.start();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(order.slice(0, order.indexOf(last) + 1));
    expect([pair.closures, pair.written.length, pair.info]).toEqual([1, 1, undefined]);
  });
});

describe('a key operation that fails after the end', () => {
  it.each(['generateEphemeral', 'agree', 'sign'] as const)('%s tells nobody', async (last) => {
    const { keys, ...rest } = options(strict);
    const failing = {
      ...keys,
      [last]: () => {
        pair.client.close();
        return Promise.reject(new Error('chip status 0x0f'));
      },
    };
    const pair: TlsPair = new TlsPair({ ...rest, keys: failing }, { ...broker, ...full });
    pair.client.start();
    await new Promise((resolve) => setImmediate(resolve));
    expect([pair.closures, pair.reason, pair.server.alerts, pair.written.length]).toEqual([1, undefined, [], 1]);
  });
});

describe('after the handshake', () => {
  it('a HelloRequest gets the warning no_renegotiation and nothing else', async () => {
    const pair = await pairOf().handshake();
    pair.server.record(22, Uint8Array.of(0, 0, 0, 0));
    expect(pair.server.alerts).toEqual([{ level: 1, description: 100 }]);
    pair.client.send(Uint8Array.of(1));
    expect(pair.data).toEqual([Uint8Array.of(1)]);
  });

  // RFC 5246 6.2.1: "Zero-length fragments of Application data MAY be sent", and of nothing else.
  it('an empty record is application data or refused', async () => {
    for (const policy of [mbedtls, strict]) {
      const pair = await new TlsPair(options(policy), broker).handshake();
      pair.server.record(23, new Uint8Array(0));
      expect([pair.closures, pair.client.state]).toEqual([0, 'established']);
      for (const type of [20, 21, 22]) {
        const refused = await new TlsPair(options(policy), broker).handshake();
        refused.server.record(type, new Uint8Array(0));
        expect([type, refused.closures, refused.reason?.code]).toEqual([type, 1, 'EMU_E_TLS_BAD_RECORD']);
      }
    }
  });

  it('warnings are for information', async () => {
    const pair = await pairOf().handshake();
    pair.server.alert(1, 90);
    expect(pair.client.state).toBe('established');
  });

  // RFC 5246 7.2: level and description, nothing else.
  it('an alert of another length than two bytes is refused', async () => {
    for (const alert of [Uint8Array.of(1), Uint8Array.of(1, 90, 0), Uint8Array.of(1, 90, 1, 90)]) {
      for (const [policy, alerts] of [
        [mbedtls, []],
        [strict, [{ level: 2, description: 50 }]],
      ] as const) {
        const pair = await new TlsPair(options(policy), broker).handshake();
        pair.server.record(21, alert);
        expect(pair.reason?.code).toBe('EMU_E_TLS_BAD_RECORD');
        expect(pair.server.alerts).toEqual(alerts);
      }
    }
  });

  it('other handshake messages and ChangeCipherSpec are refused, by mbedtls_ssl_read without an alert', async () => {
    for (const [type, content] of [
      [22, Uint8Array.of(2, 0, 0, 0)],
      // A HelloRequest has no body (RFC 5246 7.4.1.1).
      [22, Uint8Array.of(0, 0, 0, 1, 0)],
      [20, Uint8Array.of(1)],
    ] as const) {
      for (const [policy, alerts] of [
        [mbedtls, []],
        [strict, [{ level: 2, description: 10 }]],
      ] as const) {
        const pair = await new TlsPair(options(policy), broker).handshake();
        pair.server.record(type, content);
        expect(pair.reason?.code).toBe('EMU_E_TLS_UNEXPECTED_MESSAGE');
        expect(pair.server.alerts).toEqual(alerts);
      }
    }
  });
});
