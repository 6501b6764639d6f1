import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hub } from '../../../src/cloud/hub/index.ts';
import { type Issued, issue } from '../../support/chains.ts';
import { atHub, hubUser, leaf } from '../../support/cloud-device.ts';
import { authority, HUB, MemoryCloud, settled } from '../../support/memory-cloud.ts';

const ID = 'device-1';
const MESSAGES = `devices/${ID}/messages/devicebound/#`;
const EVENTS = `devices/${ID}/messages/events/`;
const METHODS = '$iothub/methods/POST/#';
const TWIN = '$iothub/twin/res/#';
const DESIRED = '$iothub/twin/PATCH/properties/desired/#';

let root: Issued & { readonly pem: string };
let chain: readonly Issued[];
let self: Issued;

beforeAll(async () => {
  root = await authority('root');
  chain = [await leaf(ID, root)];
  self = await leaf(ID);
});

const thumbprint = ({ der }: Issued) => new X509Certificate(der).fingerprint.replaceAll(':', '');

/** A cloud whose first hub has a device, known by any certificate of the root. */
function withDevice(plan: ConstructorParameters<typeof MemoryCloud>[0] = {}): MemoryCloud & { readonly hub0: Hub } {
  const cloud = new MemoryCloud({ enrollmentCas: [{ certificatePem: root.pem, verified: true }], ...plan });
  const hub0 = cloud.cloud.parts.hubs[0] as Hub;
  const authentication = { type: 'certificateAuthority' } as const;
  hub0.registry.create({ deviceId: ID, status: 'enabled', authentication });
  return Object.assign(cloud, { hub0 });
}

describe('a device that was registered by hand', () => {
  test('with a certificate of a verified CA connects without the DPS', async () => {
    expect(
      await withDevice()
        .hub(chain)
        .connect({ clientId: ID, username: hubUser(ID) }),
    ).toBe(0);
  });

  test('with a self-signed certificate connects by its thumbprint, and only with that', async () => {
    const cloud = new MemoryCloud();
    const { registry } = cloud.cloud.parts.hubs[0] as Hub;
    expect(cloud.cloud.hubs.admits([new X509Certificate(self.der)])).toBe(false);
    const authentication = { type: 'selfSigned', thumbprints: [thumbprint(self)] } as const;
    registry.create({ deviceId: ID, status: 'enabled', authentication });
    expect(cloud.cloud.hubs.admits([new X509Certificate(self.der)])).toBe(true);
    expect(await cloud.hub([self]).connect({ clientId: ID, username: hubUser(ID) })).toBe(0);
    const other = await leaf(ID);
    expect(cloud.cloud.hubs.admits([new X509Certificate(other.der)])).toBe(false);
    expect(await cloud.hub([other]).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
    registry.remove(ID);
    expect(cloud.cloud.hubs.admits([new X509Certificate(self.der)])).toBe(false);
  });

  test('is there once', () => {
    const { hub0 } = withDevice();
    const authentication = { type: 'certificateAuthority' } as const;
    expect(() => hub0.registry.create({ deviceId: ID, status: 'enabled', authentication })).toThrow(
      `${HUB} has a device ${ID} already`,
    );
  });
});

describe('a hub refuses', () => {
  test.each([
    ['an id that it does not have', 'nobody', hubUser('nobody'), 5],
    ['a client id that is not the device', 'other', hubUser(ID), 5],
    ['a hub that is not there', ID, hubUser(ID, 'hub-2.azure-devices.test'), 5],
    ['a user name that is none', ID, ID, 4],
    ['a user name without a version', ID, `${HUB}/${ID}/`, 4],
    ['an id that is none', ID, hubUser(`${ID}+`), 4],
  ])('%s', async (_, clientId, username, code) => {
    const client = withDevice().hub(chain);
    expect(await client.connect({ clientId, username })).toBe(code);
    expect(await client.next()).toBeUndefined();
  });

  test('who has no certificate, that of another device, and that of a stranger', async () => {
    const cloud = withDevice();
    const strangers = await authority('strangers');
    for (const shown of [[], [await leaf('other', root)], [await leaf(ID, strangers), strangers], [self]]) {
      expect(await cloud.hub(shown).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
    }
    expect(cloud.hub0.counters).toMatchObject({ connects: 0, refused: 4 });
  });

  test('a device whose certificate has expired, by whatever it is known', async () => {
    const expired = [await issue({ subject: ID, issuer: root, notAfter: '2026-05-20T11:59:59Z' })] as const;
    const cloud = withDevice();
    expect(await cloud.hub(expired).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
    const authentication = { type: 'selfSigned', thumbprints: [thumbprint(expired[0])] } as const;
    cloud.hub0.registry.update({ deviceId: ID, status: 'enabled', authentication });
    expect(await cloud.hub(expired).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
  });

  test('a device that is disabled, whose connection ends', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    const { authentication } = cloud.hub0.registry.get(ID);
    cloud.hub0.registry.update({ deviceId: ID, status: 'disabled', authentication });
    expect(await client.next()).toBeUndefined();
    expect(await cloud.hub(chain).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
  });

  test('a device that was removed, whose connection ends', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    cloud.hub0.registry.remove(ID);
    expect(await client.next()).toBeUndefined();
    expect(await cloud.hub(chain).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
  });

  test('connections above its limit with CONNACK 3', async () => {
    const cloud = withDevice({ limits: { connectsPerSecond: 2 } });
    const connect = () => cloud.hub(chain).connect({ clientId: ID, username: hubUser(ID) });
    expect([await connect(), await connect(), await connect()]).toEqual([0, 0, 3]);
    await cloud.clock.advance(500);
    expect(await connect()).toBe(0);
  });
});

describe('a hub is called', () => {
  test('by its name in any case', async () => {
    expect(
      await withDevice()
        .hub(chain)
        .connect({ clientId: ID, username: hubUser(ID, HUB.toUpperCase()) }),
    ).toBe(0);
  });

  test('by its host with or without the port in its name', async () => {
    for (const host of ['localhost', 'localhost:8884']) {
      const client = withDevice({ hubs: ['localhost:8884'] }).hub(chain);
      expect(await client.connect({ clientId: ID, username: hubUser(ID, host) })).toBe(0);
    }
    const client = withDevice({ hubs: ['localhost:8884'] }).hub(chain);
    expect(await client.connect({ clientId: ID, username: hubUser(ID, 'localhost:8885') })).toBe(5);
  });

  test('and one device id is another device in another hub', async () => {
    const cloud = withDevice({ hubs: ['a.test', 'b.test'] });
    const [a, b] = cloud.cloud.parts.hubs;
    b?.registry.create({ deviceId: ID, status: 'enabled', authentication: { type: 'certificateAuthority' } });
    const inA = await atHub(cloud, ID, chain, { hub: 'a.test' });
    const inB = await atHub(cloud, ID, chain, { hub: 'b.test' });
    inA.publish(EVENTS, 'x', 1);
    expect(await inA.next()).toMatchObject({ cmd: 'puback' });
    expect([inA.closed, inB.closed]).toEqual([false, false]);
    expect([a?.counters.d2cMessages, b?.counters.d2cMessages]).toEqual([1, 0]);
  });
});

test('a device has one connection: a new one ends the older', async () => {
  const cloud = withDevice();
  const older = await atHub(cloud, ID, chain);
  const newer = await atHub(cloud, ID, chain);
  expect(await older.next()).toBeUndefined();
  newer.publish(EVENTS, 'x', 1);
  expect(await newer.next()).toMatchObject({ cmd: 'puback' });
  expect(cloud.hub0.isConnected(ID)).toBe(true);
  expect(cloud.hub0.counters).toMatchObject({ connects: 2, replaced: 1 });
  newer.vanish();
  await settled();
  expect(cloud.hub0.isConnected(ID)).toBe(false);
});

test('the end of an older connection, however late, is not that of the newer', () => {
  const { hub0 } = withDevice();
  const peer = { drop() {}, send: () => Promise.resolve() };
  const older = hub0.connect(ID, true, peer);
  hub0.connect(ID, true, peer);
  older.end(undefined);
  expect(hub0.isConnected(ID)).toBe(true);
});

describe('a message to the cloud', () => {
  test('is taken with its properties and counted', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    client.publish(`${EVENTS}%24.mid=id-1&%24.ct=application%2Fjson&alarm=a%20b%2F%C3%BC&flag&empty=`, '{"t":1}', 1);
    expect(await client.next()).toMatchObject({ cmd: 'puback', messageId: 77 });
    client.publish(EVENTS, 'second');
    client.send({ cmd: 'pingreq' });
    await client.next();
    expect(cloud.hub0.counters).toMatchObject({ d2cMessages: 2, d2cBytes: 13 });
    expect(cloud.hub0.activity(ID)).toMatchObject({ d2cMessages: 2, lastEvent: { body: 'second', bytes: 6 } });
  });

  test('has each property as Azure decodes it', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    client.publish(`${EVENTS}?%24.ct=application%2Fjson&alarm=a%20b%2F%C3%BC&flag&empty=`, 'x', 1);
    await client.next();
    const properties = { '$.ct': 'application/json', alarm: 'a b/ü', flag: null, empty: '' };
    expect(cloud.hub0.activity(ID).lastEvent?.properties).toEqual(properties);
  });

  test('that asks to be retained says so to the cloud and is not', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    client.send({ cmd: 'publish', topic: EVENTS, payload: 'x', qos: 1, messageId: 1, dup: false, retain: true });
    await client.next();
    expect(cloud.hub0.activity(ID).lastEvent?.properties).toEqual({ 'mqtt-retain': 'true' });
  });

  test('above the limit waits, and is acknowledged when it is taken', async () => {
    const cloud = withDevice({ limits: { sendsPerSecond: 2 } });
    const client = await atHub(cloud, ID, chain, { clean: true });
    for (let messageId = 1; messageId <= 4; messageId++) {
      client.send({ cmd: 'publish', topic: EVENTS, payload: 'x', qos: 1, messageId, dup: false, retain: false });
    }
    await settled();
    expect(client.packets.map(({ messageId }) => messageId)).toEqual([1, 2]);
    await cloud.clock.advance(500);
    expect(client.packets.map(({ messageId }) => messageId)).toEqual([1, 2, 3]);
    await cloud.clock.advance(500);
    expect(client.packets.map(({ messageId }) => messageId)).toEqual([1, 2, 3, 4]);
  });

  test('is also the will of a device that vanishes', async () => {
    const cloud = withDevice();
    const client = cloud.hub(chain);
    const will = { topic: `${EVENTS}why=gone`, payload: Buffer.from('bye'), qos: 1, retain: false } as const;
    client.send({ cmd: 'connect', clientId: ID, username: hubUser(ID), clean: true, keepalive: 60, will });
    await client.next();
    client.vanish();
    await settled();
    const properties = { why: 'gone', 'iothub-MessageType': 'Will' };
    expect(cloud.hub0.activity(ID).lastEvent).toMatchObject({ body: 'bye', properties });
  });

  test('may not be the will of another device', async () => {
    const client = withDevice().hub(chain);
    const will = { topic: 'devices/other/messages/events/', payload: Buffer.from('x'), qos: 0, retain: false } as const;
    client.send({ cmd: 'connect', clientId: ID, username: hubUser(ID), clean: true, keepalive: 60, will });
    expect(await client.next()).toMatchObject({ cmd: 'connack', returnCode: 5 });
  });
});

describe('a hub is no broker, and hangs up on who', () => {
  test.each([
    'devices/other/messages/events/',
    'devices/device-10/messages/events/',
    `devices/${ID}/messages/devicebound/`,
    `devices/${ID}/messages/events`,
    `${EVENTS}bad=%zz`,
    '$iothub/twin/GET/',
    '$iothub/twin/GET/?rid=1',
    '$iothub/methods/res/abc/?$rid=1',
    '$iothub/twin/PATCH/properties/desired/?$rid=1',
    'any',
  ])('publishes to %s', async (topic) => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    client.publish(topic, 'x', 1);
    expect(await client.next()).toBeUndefined();
    expect(cloud.hub0.counters.d2cMessages).toBe(0);
  });

  test.each([
    'devices/other/messages/devicebound/#',
    'devices/+/messages/devicebound/#',
    `devices/${ID}/messages/events/#`,
    `devices/${ID}/#`,
    '$iothub/#',
    '#',
  ])('subscribes %s', async (filter) => {
    const client = await atHub(withDevice(), ID, chain);
    expect(await client.subscribe(filter)).toBeUndefined();
  });
});

describe('a message to a device', () => {
  const body = (text: string) => ({ properties: {}, payload: Buffer.from(text) });

  test('comes with its properties, and is complete when it is acknowledged', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [MESSAGES] });
    await cloud.hub0.send(ID, {
      messageId: 'm 1',
      properties: { colour: 'röt', flag: null },
      payload: Buffer.from('x'),
    });
    const packet = await client.next();
    expect(packet).toMatchObject({
      cmd: 'publish',
      qos: 1,
      topic: `devices/${ID}/messages/devicebound/%24.mid=m%201&%24.to=%2Fdevices%2F${ID}%2Fmessages%2FdeviceBound&colour=r%C3%B6t&flag`,
    });
    expect(cloud.hub0.messages.of(ID)).toHaveLength(1);
    if (packet?.cmd === 'publish') client.acknowledge(packet);
    await settled();
    expect(cloud.hub0.messages.of(ID)).toEqual([]);
    expect(cloud.hub0.activity(ID).c2dCompleted).toBe(1);
  });

  test('comes once to one connection, however many follow before it is acknowledged', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [MESSAGES] });
    for (const text of ['1', '2']) await cloud.hub0.send(ID, body(text));
    client.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: MESSAGES, qos: 1 }] });
    await settled();
    expect(client.packets.map(({ cmd }) => cmd)).toEqual(['publish', 'publish', 'suback']);
  });

  test('is gone with its device', async () => {
    const cloud = withDevice();
    await cloud.hub0.send(ID, body('x'));
    const { authentication } = cloud.hub0.registry.get(ID);
    cloud.hub0.registry.remove(ID);
    cloud.hub0.registry.create({ deviceId: ID, status: 'enabled', authentication });
    expect(cloud.hub0.messages.of(ID)).toEqual([]);
    const client = await atHub(cloud, ID, chain, { filters: [MESSAGES] });
    await settled();
    expect(client.packets).toEqual([]);
  });

  test('waits for a device that is not there, and for its subscription, in order', async () => {
    const cloud = withDevice();
    for (const text of ['1', '2', '3']) await cloud.hub0.send(ID, body(text));
    const client = await atHub(cloud, ID, chain);
    await settled();
    expect(client.packets).toEqual([]);
    await client.subscribe(MESSAGES);
    const texts = [await client.message(), await client.message(), await client.message()].map((each) => each?.text);
    expect(texts).toEqual(['1', '2', '3']);
  });

  test('that was not acknowledged comes again, to a session that goes on without a subscription', async () => {
    const cloud = withDevice();
    const first = await atHub(cloud, ID, chain, { clean: false, filters: [MESSAGES] });
    await cloud.hub0.send(ID, body('again'));
    expect(await first.next()).toMatchObject({ cmd: 'publish' });
    first.vanish();
    await settled();
    await cloud.hub0.send(ID, body('later'));

    const second = cloud.hub(chain);
    second.send({ cmd: 'connect', clientId: ID, username: hubUser(ID), clean: false, keepalive: 60 });
    expect(await second.next()).toMatchObject({ cmd: 'connack', sessionPresent: true });
    expect([(await second.message())?.text, (await second.message())?.text]).toEqual(['again', 'later']);
    await settled();
    expect(cloud.hub0.messages.of(ID)).toEqual([]);
  });

  test('does not come before CONNACK, nor does anything else', async () => {
    const cloud = withDevice();
    (await atHub(cloud, ID, chain, { clean: false, filters: [MESSAGES, DESIRED, METHODS] })).vanish();
    await settled();
    const sent: string[] = [];
    const peer = { drop() {}, send: (topic: string) => Promise.resolve(void sent.push(topic)) };
    const session = cloud.hub0.connect(ID, false, peer);
    expect(session.sessionPresent).toBe(true);
    await cloud.hub0.send(ID, body('x'));
    await cloud.hub0.patchTwin(ID, { desired: { a: 1 } });
    const method = { methodName: 'a', payload: null, responseTimeoutMs: 1, connectTimeoutMs: 0 };
    await expect(cloud.hub0.invoke(ID, method)).rejects.toThrow('is not online');
    expect(sent).toEqual([]);
    session.begin();
    expect(sent).toEqual([expect.stringContaining('/messages/devicebound/')]);
  });

  test('comes to a clean session when it has subscribed again', async () => {
    const cloud = withDevice();
    (await atHub(cloud, ID, chain, { clean: false, filters: [MESSAGES] })).vanish();
    await settled();
    await cloud.hub0.send(ID, body('x'));
    const client = cloud.hub(chain);
    client.send({ cmd: 'connect', clientId: ID, username: hubUser(ID), clean: true, keepalive: 60 });
    expect(await client.next()).toMatchObject({ cmd: 'connack', sessionPresent: false });
    await settled();
    expect(client.packets).toEqual([]);
    await client.subscribe(MESSAGES);
    expect((await client.message())?.text).toBe('x');
  });

  test('stops with the subscription', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [MESSAGES] });
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [MESSAGES] });
    expect(await client.next()).toMatchObject({ cmd: 'unsuback' });
    await cloud.hub0.send(ID, body('x'));
    await settled();
    expect(client.packets).toEqual([]);
  });

  test('with QoS 0 is complete when it is sent', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    await client.subscribe(MESSAGES, 0);
    await cloud.hub0.send(ID, body('x'));
    expect(await client.message()).toMatchObject({ text: 'x', qos: 0 });
    await settled();
    expect(cloud.hub0.messages.of(ID)).toEqual([]);
  });

  test('is one of at most 50 that wait, and has at most 64 KiB', async () => {
    const { hub0 } = withDevice();
    for (let count = 0; count < 50; count++) await hub0.send(ID, body('x'));
    await expect(hub0.send(ID, body('x'))).rejects.toThrow(`50 messages wait for ${ID} already`);
    hub0.registry.remove(ID);
    await expect(hub0.send(ID, body('x'))).rejects.toThrow(`${HUB} has no device ${ID}`);
    const other = withDevice().hub0;
    await expect(other.send(ID, body('x'.repeat(65_537)))).rejects.toThrow('at most 65536 bytes');
  });
});

describe('a direct method', () => {
  const call = { methodName: 'blink now', payload: { times: 2 }, responseTimeoutMs: 30_000, connectTimeoutMs: 0 };

  test('is answered by the device', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [METHODS] });
    const answer = cloud.hub0.invoke(ID, call);
    const request = await client.message();
    expect(request?.topic).toBe('$iothub/methods/POST/blink%20now/?$rid=1');
    expect(request?.text).toBe('{"times":2}');
    client.publish('$iothub/methods/res/207/?$rid=1', '{"done":true}');
    expect(await answer).toEqual({ status: 207, payload: { done: true } });
    // A second answer has nobody who waits for it.
    client.publish('$iothub/methods/res/200/?$rid=1', '{}');
    client.send({ cmd: 'pingreq' });
    expect(await client.next()).toMatchObject({ cmd: 'pingresp' });
  });

  test('may be answered by nothing, and has a payload in any case', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [METHODS] });
    const answer = cloud.hub0.invoke(ID, { ...call, payload: null });
    expect((await client.message())?.text).toBe('null');
    client.publish('$iothub/methods/res/-1/?$rid=1');
    expect(await answer).toEqual({ status: -1, payload: null });
  });

  test('answered with what is not JSON fails', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [METHODS] });
    const answer = expect(cloud.hub0.invoke(ID, call)).rejects.toMatchObject({ status: 502, errorCode: 502_000 });
    await client.message();
    client.publish('$iothub/methods/res/200/?$rid=1', 'done');
    await answer;
  });

  test('is late after its time', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [METHODS] });
    let outcome: unknown;
    cloud.hub0.invoke(ID, { ...call, responseTimeoutMs: 5000 }).catch((error) => {
      outcome = error;
    });
    await client.message();
    await cloud.clock.advance(4999);
    expect(outcome).toBeUndefined();
    await cloud.clock.advance(1);
    expect(outcome).toMatchObject({ status: 504, errorCode: 504_101 });
  });

  test('cannot be answered by another device', async () => {
    const cloud = withDevice();
    const authentication = { type: 'certificateAuthority' } as const;
    cloud.hub0.registry.create({ deviceId: 'other', status: 'enabled', authentication });
    const client = await atHub(cloud, ID, chain, { filters: [METHODS] });
    const other = await atHub(cloud, 'other', [await leaf('other', root)]);
    const answer = cloud.hub0.invoke(ID, call);
    await client.message();
    other.publish('$iothub/methods/res/666/?$rid=1', '{}');
    other.send({ cmd: 'pingreq' });
    await other.next();
    client.publish('$iothub/methods/res/200/?$rid=1', '{}');
    expect(await answer).toMatchObject({ status: 200 });
  });

  test('needs a device that is there and takes methods, and waits for it if it may', async () => {
    const cloud = withDevice();
    await expect(cloud.hub0.invoke(ID, call)).rejects.toMatchObject({ status: 404, errorCode: 404_103 });
    await expect(cloud.hub0.invoke('nobody', call)).rejects.toMatchObject({ status: 404, errorCode: 404_001 });
    const waiting = cloud.hub0.invoke(ID, { ...call, connectTimeoutMs: 10_000 });
    await cloud.clock.advance(5000);
    const client = await atHub(cloud, ID, chain, { filters: [METHODS] });
    await cloud.clock.advance(100);
    await client.message();
    client.publish('$iothub/methods/res/200/?$rid=1', '"here"');
    expect(await waiting).toEqual({ status: 200, payload: 'here' });
  });
});

describe('a twin', () => {
  test('is read by its device, in the empty and the one-space way', async () => {
    const cloud = withDevice();
    await cloud.hub0.patchTwin(ID, { desired: { interval: 5 }, tags: { site: 'x' } });
    const client = await atHub(cloud, ID, chain, { filters: [TWIN] });
    for (const payload of ['', ' ']) {
      client.publish('$iothub/twin/GET/?$rid=a%2Fb', payload);
      const { topic, text } = (await client.message()) ?? { topic: '', text: '' };
      expect(topic).toBe('$iothub/twin/res/200/?$rid=a%2Fb');
      expect(JSON.parse(text)).toEqual({ desired: { interval: 5, $version: 2 }, reported: { $version: 1 } });
    }
  });

  test('takes what its device reports, and says the new version', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain, { filters: [TWIN] });
    client.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', '{"fan":{"on":true,"rpm":900}}');
    expect(await client.message()).toMatchObject({ topic: '$iothub/twin/res/204/?$rid=1&$version=2', text: '' });
    client.publish('$iothub/twin/PATCH/properties/reported/?$rid=2', '{"fan":{"rpm":null},"a":1}', 1);
    expect(await client.next()).toMatchObject({ cmd: 'puback' });
    expect(await client.message()).toMatchObject({ topic: '$iothub/twin/res/204/?$rid=2&$version=3' });
    expect(cloud.hub0.registry.twin(ID).reported).toEqual({ values: { fan: { on: true }, a: 1 }, version: 3 });
  });

  test.each(['', 'x', '[]', 'null', '7', '{"a.b":1}', '{"$version":9}', '{"a b":1}', '['.repeat(100_000)])(
    'refuses a report of %j',
    async (payload) => {
      const cloud = withDevice();
      const client = await atHub(cloud, ID, chain, { filters: [TWIN] });
      client.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', payload);
      const { topic, text } = (await client.message()) ?? { topic: '', text: '' };
      expect(topic).toBe('$iothub/twin/res/400/?$rid=1');
      expect(JSON.parse(text)).toMatchObject({ errorCode: 400_004 });
      expect(cloud.hub0.registry.twin(ID).reported.version).toBe(1);
    },
  );

  test('tells its device of desired properties while it is subscribed', async () => {
    const cloud = withDevice();
    const client = await atHub(cloud, ID, chain);
    await cloud.hub0.patchTwin(ID, { desired: { missed: 1 } });
    await client.subscribe(DESIRED, 0);
    await cloud.hub0.patchTwin(ID, { tags: { not: 'for the device' } });
    await cloud.hub0.patchTwin(ID, { desired: { interval: 5, missed: null } });
    const { topic, text, qos } = (await client.message()) ?? { topic: '', text: '' };
    expect([topic, qos]).toEqual(['$iothub/twin/PATCH/properties/desired/?$version=3', 0]);
    expect(JSON.parse(text)).toEqual({ interval: 5, missed: null, $version: 3 });
  });

  test('answers nobody who does not subscribe to the answers', async () => {
    const client = await atHub(withDevice(), ID, chain);
    client.publish('$iothub/twin/GET/?$rid=1');
    client.send({ cmd: 'pingreq' });
    expect(await client.next()).toMatchObject({ cmd: 'pingresp' });
  });
});
