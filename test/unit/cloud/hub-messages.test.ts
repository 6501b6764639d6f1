import { beforeAll, describe, expect, test } from 'vitest';
import type { Issued } from '../../support/chains.ts';
import { atHub, hubUser } from '../../support/cloud-device.ts';
import { DESIRED, EVENTS, type HubDevice, hubDevice, ID, MESSAGES, METHODS } from '../../support/hub-device.ts';
import { HUB, settled } from '../../support/memory-cloud.ts';

let chain: readonly Issued[];
let withDevice: HubDevice['withDevice'];
beforeAll(async () => {
  ({ chain, withDevice } = await hubDevice());
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
