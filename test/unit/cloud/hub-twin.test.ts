import { beforeAll, describe, expect, test } from 'vitest';
import type { Issued } from '../../support/chains.ts';
import { atHub } from '../../support/cloud-device.ts';
import { DESIRED, type HubDevice, hubDevice, ID, TWIN } from '../../support/hub-device.ts';

let chain: readonly Issued[];
let withDevice: HubDevice['withDevice'];
beforeAll(async () => {
  ({ chain, withDevice } = await hubDevice());
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
