import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Hub } from '../../../src/cloud/hub/index.ts';
import { type Issued, issue } from '../../support/chains.ts';
import { atHub, hubUser, leaf } from '../../support/cloud-device.ts';
import { EVENTS, type HubDevice, hubDevice, ID } from '../../support/hub-device.ts';
import { authority, HUB, MemoryCloud, settled } from '../../support/memory-cloud.ts';

let root: HubDevice['root'];
let chain: readonly Issued[];
let withDevice: HubDevice['withDevice'];
let self: Issued;
beforeAll(async () => {
  ({ root, chain, withDevice } = await hubDevice());
  self = await leaf(ID);
});

const thumbprint = ({ der }: Issued) => new X509Certificate(der).fingerprint.replaceAll(':', '');

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
