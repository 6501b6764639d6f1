import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import type { ConnectRequest, Message, Peer, Service, Session } from '../../../src/cloud/mqtt/index.ts';
import { MemoryClient, settled } from '../../support/memory-cloud.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** CONNECT of MQTT 3.1.1 (3.1): user name, clean session, keep alive 60, client id `a`, user name `u`. */
const CONNECT = bytes('10 10 0004 4d515454 04 82 003c 0001 61 0001 75');

/** A service that lets everybody in and remembers what it was told. */
class Recorder implements Service {
  readonly told: unknown[] = [];
  request: ConnectRequest | undefined;
  peer: Peer | undefined;
  answer: (message: Message) => ReturnType<Session['publish']> = () => undefined;

  connect(request: ConnectRequest, peer: Peer): Session {
    this.request = request;
    this.peer = peer;
    return {
      sessionPresent: false,
      begin: () => void this.told.push('begin'),
      publish: (message) => {
        this.told.push(['publish', message.topic, Buffer.from(message.payload).toString(), message.qos]);
        return this.answer(message);
      },
      subscribe: (filter, qos) => {
        this.told.push(['subscribe', filter, qos]);
        return qos;
      },
      subscribed: () => void this.told.push('subscribed'),
      unsubscribe: (filter) => void this.told.push(['unsubscribe', filter]),
      end: (will) => void this.told.push(['end', will?.topic]),
    };
  }
}

function served(service: Service = new Recorder(), clock = new ManualClock({ drain: settled })) {
  return { client: new MemoryClient(service, [], clock), clock, service: service as Recorder };
}

async function connected() {
  const parts = served();
  parts.client.send(CONNECT);
  expect(await parts.client.next()).toMatchObject({ cmd: 'connack', returnCode: 0 });
  return parts;
}

describe('a connection', () => {
  test('begins with CONNECT and CONNACK, and then with the session', async () => {
    const { service } = await connected();
    expect(service.request).toEqual({
      clientId: 'a',
      username: 'u',
      clean: true,
      keepalive: 60,
      will: undefined,
      certificates: [],
    });
    await settled();
    expect(service.told).toEqual(['begin']);
  });

  test.each([
    ['5', bytes('10 11 0004 4d515454 05 82 003c 00 0001 61 0001 75')],
    ['3.1', bytes('10 12 0006 4d5149736470 03 82 003c 0001 61 0001 75')],
  ])('of MQTT %s is refused with return code 1', async (_, connect) => {
    const { client, service } = served();
    client.send(connect);
    expect(await client.next()).toMatchObject({ cmd: 'connack', returnCode: 1 });
    expect(await client.next()).toBeUndefined();
    expect(service.request).toBeUndefined();
  });

  test('may not begin with anything else, nor with CONNECT twice', async () => {
    for (const packet of ['c000', '82060001 0001 61 00'.replaceAll(' ', ''), 'e000', '3003000161']) {
      const { client } = served();
      client.send(bytes(packet));
      expect(await client.next(), packet).toBeUndefined();
    }
    const { client } = await connected();
    client.send(CONNECT);
    expect(await client.next()).toBeUndefined();
  });

  test('is refused with the code that the service gives', async () => {
    for (const code of [2, 3, 4, 5] as const) {
      const { client } = served({ connect: () => Promise.resolve(code) });
      client.send(CONNECT);
      expect(await client.next()).toMatchObject({ cmd: 'connack', returnCode: code, sessionPresent: false });
      expect(await client.next()).toBeUndefined();
    }
  });

  test('that went away while it was judged ends its session', async () => {
    const recorder = new Recorder();
    let judge: () => void = () => {};
    const judged = new Promise<void>((resolve) => {
      judge = resolve;
    });
    const { client } = served({
      async connect(request, peer) {
        await judged;
        return recorder.connect(request, peer);
      },
    });
    client.send(CONNECT);
    await settled();
    client.vanish();
    await settled();
    judge();
    await settled();
    expect(recorder.told).toEqual([['end', undefined]]);
  });
});

describe('packets', () => {
  test('are answered in their order, however they come', async () => {
    const packets = Buffer.concat([
      CONNECT,
      bytes('82 06 0001 0001 78 01'), // SUBSCRIBE x, QoS 1
      bytes('32 06 0001 74 0002 68'), // PUBLISH t "h", QoS 1
      bytes('30 04 0001 74 69'), // PUBLISH t "i", QoS 0
      bytes('a2 05 0003 0001 78'), // UNSUBSCRIBE x
      bytes('c0 00'), // PINGREQ
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: packets.length - 1 }), { maxLength: 8 }), async (cuts) => {
        const { client, service } = served();
        let from = 0;
        for (const to of [...cuts.toSorted((a, b) => a - b), packets.length]) {
          client.send(packets.subarray(from, to));
          from = to;
        }
        await settled();
        expect(client.packets.map(({ cmd, messageId }) => [cmd, messageId])).toEqual([
          ['connack', undefined],
          ['suback', 1],
          ['puback', 2],
          ['unsuback', 3],
          ['pingresp', undefined],
        ]);
        expect(service.told).toEqual([
          'begin',
          ['subscribe', 'x', 1],
          'subscribed',
          ['publish', 't', 'h', 1],
          ['publish', 't', 'i', 0],
          ['unsubscribe', 'x'],
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test('wait while one is handled: the acknowledgement comes when the message was taken', async () => {
    const { client, service } = await connected();
    let take: () => void = () => {};
    service.answer = () => new Promise((resolve) => (take = () => resolve(undefined)));
    client.send(bytes('32 06 0001 74 0002 68'));
    client.send(bytes('c0 00'));
    await settled();
    expect(client.packets).toEqual([]);
    take();
    expect(await client.next()).toMatchObject({ cmd: 'puback', messageId: 2 });
    expect(await client.next()).toMatchObject({ cmd: 'pingresp' });
  });

  test('with QoS 2 end the connection, and a subscription to it is granted QoS 1', async () => {
    const { client } = await connected();
    expect(await client.subscribe('x', 2)).toBe(1);
    client.publish('t', 'x', 2);
    expect(await client.next()).toBeUndefined();
  });

  test('that a client does not send end the connection', async () => {
    for (const packet of ['20020000', '9003000101', 'd000', '50020001', '62020001', '70020001', 'f000', '0000']) {
      const { client } = await connected();
      client.send(bytes(packet));
      expect(await client.next(), packet).toBeUndefined();
    }
  });

  test('are at most as long as a message of a hub with its topic', async () => {
    const { client } = await connected();
    client.send({ cmd: 'publish', topic: 't', payload: Buffer.alloc(256 * 1024), qos: 0, dup: false, retain: false });
    client.send(bytes('c0 00'));
    expect(await client.next()).toMatchObject({ cmd: 'pingresp' });
    // A fixed header that announces 321 KiB is enough.
    client.send(bytes('30 80 94 14'));
    expect(await client.next()).toBeUndefined();
  });

  test('that are none never hurt', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 60 }), async (isConnected, garbage) => {
        const { client } = isConnected ? await connected() : served();
        client.send(garbage);
        client.send(garbage);
        await settled();
        client.vanish();
        await settled();
        expect(client.closed).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('that are nearly CONNECT never hurt', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(CONNECT.length - 1), fc.nat(255), async (at, value) => {
        const damaged = Buffer.from(CONNECT);
        damaged[at] = value;
        const { client } = served();
        client.send(damaged);
        client.send(bytes('c0 00'));
        await settled();
        client.vanish();
        await settled();
        expect(client.closed).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('silence', () => {
  const silentFor = async (keepalive: number, ms: number) => {
    const { client, clock } = served();
    client.send(generate({ cmd: 'connect', clientId: 'a', username: 'u', keepalive, clean: true }));
    await settled();
    await clock.advance(ms);
    return client.closed;
  };

  test('ends a connection after one and a half times the keep alive [MQTT-3.1.2-24]', async () => {
    expect(await silentFor(60, 89_999)).toBe(false);
    expect(await silentFor(60, 90_000)).toBe(true);
  });

  test('ends it after 1767 seconds for any longer keep alive, and for none', async () => {
    for (const keepalive of [0, 1200, 65_535]) {
      expect(await silentFor(keepalive, 1_766_999)).toBe(false);
      expect(await silentFor(keepalive, 1_767_000)).toBe(true);
    }
  });

  test('is broken by any packet', async () => {
    const { client, clock } = await connected();
    for (let times = 0; times < 5; times++) {
      await clock.advance(80_000);
      client.send(bytes('c0 00'));
      expect(await client.next()).toMatchObject({ cmd: 'pingresp' });
    }
    await clock.advance(90_000);
    expect(client.closed).toBe(true);
  });

  test('in place of CONNECT ends it after 30 seconds', async () => {
    const { client, clock } = served();
    client.send(CONNECT.subarray(0, 5));
    await settled();
    await clock.advance(30_000);
    expect(client.closed).toBe(true);
  });
});

describe('what a service sends', () => {
  test('with QoS 1 has come when it is acknowledged, under ids that are in no other use', async () => {
    const { client, service } = await connected();
    const { peer } = service;
    let done = 0;
    for (let times = 0; times < 3; times++) void peer?.send('t', String(times), 1).then(() => done++);
    const sent = [await client.next(), await client.next(), await client.next()];
    expect(sent.map((packet) => packet?.messageId)).toEqual([1, 2, 3]);
    expect(done).toBe(0);
    client.send(bytes('40 02 0002'));
    client.send(bytes('40 02 0099'));
    await settled();
    expect(done).toBe(1);
    void peer?.send('t', 'next', 1).catch(() => {});
    expect(await client.next()).toMatchObject({ messageId: 4 });
  });

  test('fails when the connection ends before it is acknowledged, and after', async () => {
    const { client, service } = await connected();
    const sending = expect(service.peer?.send('t', 'x', 1)).rejects.toThrow('the connection was closed');
    await client.next();
    client.vanish();
    await sending;
    await expect(service.peer?.send('t', 'x', 0)).rejects.toThrow('the connection is closed');
  });
});

describe('the will of a client', () => {
  const will = { topic: 'w', payload: Buffer.from('x'), qos: 1, retain: false } as const;

  test('is done when it vanishes, and not when it says goodbye', async () => {
    for (const [goodbye, topic] of [
      [false, 'w'],
      [true, undefined],
    ] as const) {
      const { client, service } = served();
      client.send(generate({ cmd: 'connect', clientId: 'a', username: 'u', keepalive: 60, clean: true, will }));
      await settled();
      if (goodbye) client.send(bytes('e0 00'));
      else client.vanish();
      await settled();
      expect(service.told).toEqual(['begin', ['end', topic]]);
    }
  });
});
