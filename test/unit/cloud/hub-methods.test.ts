import { beforeAll, describe, expect, test } from 'vitest';
import type { Issued } from '../../support/chains.ts';
import { atHub, leaf } from '../../support/cloud-device.ts';
import { type HubDevice, hubDevice, ID, METHODS } from '../../support/hub-device.ts';

let root: HubDevice['root'];
let chain: readonly Issued[];
let withDevice: HubDevice['withDevice'];
beforeAll(async () => {
  ({ root, chain, withDevice } = await hubDevice());
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
