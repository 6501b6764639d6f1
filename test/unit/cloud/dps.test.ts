import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Issued } from '../../support/chains.ts';
import { issue } from '../../support/chains.ts';
import { atDps, dpsUser, hubUser, leaf, poll, RESPONSES, register, registered } from '../../support/cloud-device.ts';
import { authority, EPOCH, HUB, MemoryCloud, settled } from '../../support/memory-cloud.ts';

const ID = '0123e6a1c2d3b4a5ee';

let root: Issued & { readonly pem: string };
let signer: Issued & { readonly pem: string };
let device: Issued;
/** What the device of the article shows: its own certificate and its signer's. */
let chain: readonly Issued[];
let stranger: readonly Issued[];

beforeAll(async () => {
  root = await authority('fleet root');
  signer = await authority('signer', root);
  device = await leaf(ID, signer);
  chain = [device, signer];
  const strangers = await authority('strangers');
  stranger = [await leaf(ID, strangers), strangers];
});

function enrolled(plan: ConstructorParameters<typeof MemoryCloud>[0] = {}): MemoryCloud {
  return new MemoryCloud({ enrollmentCas: [{ certificatePem: root.pem, verified: true }], ...plan });
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** ProvisioningServiceErrorDetails of Azure's REST API. */
const error = (errorCode: number, message: string) => ({
  errorCode,
  trackingId: expect.stringMatching(UUID),
  message,
  timestampUtc: expect.stringMatching(ISO),
});

describe('a registration', () => {
  test.each(['2018-09-01-preview', '2019-03-31', '2021-06-01'])('goes from 202 to 200 with %s', async (version) => {
    const cloud = enrolled({ limits: { assignDelayMs: 5000 } });
    const client = cloud.dps(chain);
    const username = `${dpsUser(ID, { version })}&ClientVersion=1.2.14`;
    expect(await client.connect({ clientId: ID, username })).toBe(0);
    expect(await client.subscribe(RESPONSES)).toBe(1);

    const began = await register(client);
    expect(began.topic).toBe('$dps/registrations/res/202/?$rid=1&retry-after=3');
    const { operationId } = began.body;
    expect(began.body).toEqual({ operationId: expect.stringMatching(/^4\.[0-9a-f]{16}\./), status: 'assigning' });

    const waits = await poll(client, operationId, '2');
    expect(waits.topic).toBe('$dps/registrations/res/202/?$rid=2&retry-after=3');
    const registrationState = { registrationId: ID, status: 'assigning' };
    expect(waits.body).toEqual({ operationId, status: 'assigning', registrationState });

    await cloud.clock.advance(5000);
    const done = await poll(client, operationId, '3');
    expect(done.topic).toBe('$dps/registrations/res/200/?$rid=3');
    const x509 = new X509Certificate(device.der);
    expect(done.body).toEqual({
      operationId,
      status: 'assigned',
      registrationState: {
        x509: {
          enrollmentGroupId: expect.stringMatching(/^ca-[0-9a-f]{12}$/),
          certificateInfo: {
            subjectName: `CN=${ID}`,
            sha1Thumbprint: x509.fingerprint.replaceAll(':', ''),
            sha256Thumbprint: x509.fingerprint256.replaceAll(':', ''),
            issuerName: 'CN=signer',
            notBeforeUtc: '2020-01-01T00:00:00.000Z',
            notAfterUtc: '2049-12-31T23:59:59.000Z',
            serialNumber: '01',
            version: 3,
          },
        },
        registrationId: ID,
        createdDateTimeUtc: new Date(EPOCH).toISOString(),
        assignedHub: HUB,
        deviceId: ID,
        status: 'assigned',
        substatus: 'initialAssignment',
        lastUpdatedDateTimeUtc: new Date(EPOCH).toISOString(),
        etag: expect.any(String),
      },
    });
  });

  test.each([
    ['nothing', ''],
    ['a space', ' '],
    ['its id', JSON.stringify({ registrationId: ID })],
    ['its id in upper case and a payload', JSON.stringify({ registrationId: ID.toUpperCase(), payload: { a: 1 } })],
    ['an empty object', '{}'],
  ])('is begun by a body of %s', async (_, body) => {
    const client = await atDps(enrolled(), ID, chain);
    expect((await register(client, body)).status).toBe(202);
  });

  test.each([
    ['text', 'register me'],
    ['half an object', '{"registrationId":'],
    ['an array', '[]'],
    ['null', 'null'],
    ['another id', JSON.stringify({ registrationId: 'somebody' })],
    ['an id that is none', JSON.stringify({ registrationId: 7 })],
    ['deep nesting', '['.repeat(100_000)],
  ])('is refused with 400 for a body of %s', async (_, body) => {
    const client = await atDps(enrolled(), ID, chain);
    const { status, body: said } = await register(client, body);
    expect(status).toBe(400);
    expect(said).toEqual(error(400_004, 'Bad format'));
  });

  test('echoes the request id byte for byte', async () => {
    const client = await atDps(enrolled(), ID, chain);
    const rid = 'a%20b+c"{}\u{1f600}';
    expect((await register(client, '', rid)).topic).toBe(`$dps/registrations/res/202/?$rid=${rid}&retry-after=3`);
  });

  test('with QoS 1 is acknowledged before it is answered', async () => {
    const client = await atDps(enrolled(), ID, chain);
    client.publish('$dps/registrations/PUT/iotdps-register/?$rid=1', '', 1);
    expect(await client.next()).toMatchObject({ cmd: 'puback', messageId: 77 });
    expect(await client.next()).toMatchObject({ cmd: 'publish', qos: 1 });
  });

  test('is answered with the QoS of the subscription, and to nobody without one', async () => {
    const client = cloudClient();
    await client.connect({ clientId: ID, username: dpsUser(ID) });
    client.publish('$dps/registrations/PUT/iotdps-register/?$rid=1');
    await client.subscribe(RESPONSES, 0);
    client.publish('$dps/registrations/PUT/iotdps-register/?$rid=2');
    expect(await client.message()).toMatchObject({ topic: expect.stringContaining('?$rid=2&'), qos: 0 });

    function cloudClient() {
      return enrolled().dps(chain);
    }
  });
});

describe('a certificate', () => {
  test('of a stranger is answered 401', async () => {
    const { status, body } = await registered(enrolled(), ID, stranger);
    expect([status, body]).toEqual([401, error(401_002, 'CA certificate not found.')]);
  });

  test('whose CN is another than the registration id is answered 401', async () => {
    const cloud = enrolled();
    const other = [await leaf('somebody', signer), signer];
    const { status, body } = await register(await atDps(cloud, ID, other));
    expect([status, body]).toEqual([401, error(401_000, 'Unauthorized')]);
    expect(cloud.cloud.parts.hubs[0]?.registry.size).toBe(0);
  });

  test('may name the registration id in another case', async () => {
    const upper = [await leaf(ID.toUpperCase(), signer), signer];
    expect((await registered(enrolled(), ID, upper)).body.registrationState).toMatchObject({ deviceId: ID });
  });

  test('without its signer leads nowhere', async () => {
    expect((await registered(enrolled(), ID, [device])).status).toBe(401);
  });

  test('that has expired is answered 401, and so is one of a signer that has', async () => {
    const expired = await issue({ subject: ID, issuer: signer, notAfter: '2026-05-20T11:59:59Z' });
    expect((await registered(enrolled(), ID, [expired, signer])).status).toBe(401);
    const late = await issue({ subject: 'late', issuer: root, isAuthority: true, notAfter: '2026-05-20T11:59:59Z' });
    expect((await registered(enrolled(), ID, [await leaf(ID, late), late])).status).toBe(401);
  });

  test('signed by a device leads nowhere', async () => {
    const below = await leaf('below', device);
    expect((await registered(enrolled(), 'below', [below, device, signer])).status).toBe(401);
  });

  test('that names a CA which did not sign it leads nowhere', async () => {
    const forger = await authority('forger');
    const forged = await issue({ subject: ID, issuer: signer, signer: forger });
    expect((await registered(enrolled(), ID, [forged, signer])).status).toBe(401);
  });

  test('with the root behind it is as good as without', async () => {
    expect((await registered(enrolled(), ID, [...chain, root])).status).toBe(200);
  });

  test('of a group whose CA is the signer is enough by itself', async () => {
    const cloud = new MemoryCloud({ enrollmentCas: [{ certificatePem: signer.pem, verified: true }] });
    expect((await registered(cloud, ID, [device])).status).toBe(200);
  });

  test('of a signer that is only called like an enrolled one is answered 401', async () => {
    const namesake = await authority('signer', root);
    const cloud = new MemoryCloud({ enrollmentCas: [{ certificatePem: namesake.pem, verified: true }] });
    expect((await registered(cloud, ID, [device])).status).toBe(401);
  });
});

describe('a device that does not say who it is', () => {
  test.each([
    ['a user name that is none', 'nobody', 4],
    ['no version', `0ne00ABCDEF/registrations/${ID}/`, 4],
    ['a version that is not known', dpsUser(ID, { version: '2017-08-31-preview' }), 4],
    ['an id that is none', dpsUser('-a'), 4],
    ['the id of another', dpsUser('somebody'), 5],
  ])('is refused at CONNECT for %s', async (_, username, code) => {
    const client = enrolled().dps(chain);
    expect(await client.connect({ clientId: ID, username })).toBe(code);
    expect(await client.next()).toBeUndefined();
  });

  test('is refused without a user name, and without a certificate', async () => {
    expect(await enrolled().dps(chain).connect({ clientId: ID })).toBe(5);
    expect(
      await enrolled()
        .dps([])
        .connect({ clientId: ID, username: dpsUser(ID) }),
    ).toBe(5);
  });

  test('is answered 401 for another id scope', async () => {
    const client = enrolled().dps(chain);
    await client.connect({ clientId: ID, username: dpsUser(ID, { scope: '0ne00OTHERS' }) });
    await client.subscribe(RESPONSES);
    const { status, body } = await register(client);
    expect([status, body]).toEqual([401, error(401_000, 'Unauthorized')]);
  });
});

describe('an operation', () => {
  test.each(['', 'nonsense', '4.0123456789abcdef.f2b1f0d5-5b64-4ac6-8f9e-1f0ed2b6a111'])(
    'that never was is answered 404: %j',
    async (operationId) => {
      const client = await atDps(enrolled(), ID, chain);
      await register(client);
      const { status, body } = await poll(client, operationId);
      expect([status, body]).toEqual([404, error(404_203, 'The operation is not found.')]);
    },
  );

  test('of another device is answered 404', async () => {
    const cloud = enrolled();
    const began = await register(await atDps(cloud, ID, chain));
    const other = await atDps(cloud, 'other', [await leaf('other', signer), signer]);
    await register(other);
    expect((await poll(other, began.body.operationId)).status).toBe(404);
  });

  test('that a later one has replaced is answered 409', async () => {
    const client = await atDps(enrolled(), ID, chain);
    const first = await register(client);
    const second = await register(client);
    const { status, body } = await poll(client, first.body.operationId);
    const message = 'A later registration of this device is under way.';
    expect([status, body]).toEqual([409, error(409_203, message)]);
    expect((await poll(client, second.body.operationId)).status).toBe(200);
  });

  test('is shown to nobody with another certificate', async () => {
    const cloud = enrolled();
    const began = await register(await atDps(cloud, ID, chain));
    const spy = await atDps(cloud, ID, [await leaf('spy', signer), signer]);
    expect((await poll(spy, began.body.operationId)).status).toBe(401);
  });
});

describe('above the limit of requests', () => {
  test('the DPS answers 429 and how long to wait, for each kind of request', async () => {
    const cloud = enrolled({ limits: { dpsRequestsPerSecond: 2, retryAfterSeconds: 7 } });
    const client = await atDps(cloud, ID, chain);
    expect((await register(client)).status).toBe(202);
    const { operationId } = (await register(client)).body;
    const { topic, body } = await register(client);
    expect(topic).toBe('$dps/registrations/res/429/?$rid=1&retry-after=7');
    expect(body).toEqual(error(429_001, 'Operations are being throttled for this tenant.'));
    expect((await poll(client, operationId)).status).toBe(200);
    await cloud.clock.advance(500);
    expect((await register(client)).status).toBe(202);
    expect((await register(client)).status).toBe(429);
  });
});

describe('the DPS is no broker', () => {
  test.each(['#', '$dps/#', '$dps/registrations/res/+', '$dps/registrations/res/202/#', 'a'])(
    'and hangs up on who subscribes %s',
    async (filter) => {
      const client = await atDps(enrolled(), ID, chain);
      expect(await client.subscribe(filter)).toBeUndefined();
      expect(client.closed).toBe(true);
    },
  );

  test.each([
    'a',
    '$dps/registrations/res/200/?$rid=1',
    '$dps/registrations/PUT/iotdps-register/',
    '$dps/registrations/PUT/iotdps-register/?rid=1',
    '$dps/registrations/POST/iotdps-register/?$rid=1',
    `devices/${ID}/messages/events/`,
  ])('and hangs up on who publishes to %s', async (topic) => {
    const client = await atDps(enrolled(), ID, chain);
    client.publish(topic);
    expect(await client.next()).toBeUndefined();
  });

  test('and grants QoS 1 to who wants 2', async () => {
    const client = enrolled().dps(chain);
    await client.connect({ clientId: ID, username: dpsUser(ID) });
    expect(await client.subscribe(RESPONSES, 2)).toBe(1);
  });

  test('and takes every session for a clean one', async () => {
    const cloud = enrolled();
    for (let times = 0; times < 2; times++) {
      const client = cloud.dps(chain);
      client.send({ cmd: 'connect', protocolId: 'MQTT', clientId: ID, username: dpsUser(ID), clean: false });
      expect(await client.next()).toMatchObject({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      await client.subscribe(RESPONSES);
      client.vanish();
    }
    const client = cloud.dps(chain);
    await client.connect({ clientId: ID, username: dpsUser(ID), clean: false });
    client.publish('$dps/registrations/PUT/iotdps-register/?$rid=1', '', 1);
    expect(await client.next()).toMatchObject({ cmd: 'puback' });
    await settled();
    expect(client.packets).toEqual([]);
  });
});

test('a device that was assigned is let into its hub with the certificate that it registered with, and no other', async () => {
  const cloud = enrolled();
  await registered(cloud, ID, chain);
  const again = [await leaf(ID, signer), signer];
  expect(await cloud.hub(chain).connect({ clientId: ID, username: hubUser(ID) })).toBe(0);
  expect(await cloud.hub(again).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
  // Azure keeps the thumbprint: with a new certificate a device registers again.
  await registered(cloud, ID, again);
  expect(await cloud.hub(again).connect({ clientId: ID, username: hubUser(ID) })).toBe(0);
  expect(await cloud.hub(chain).connect({ clientId: ID, username: hubUser(ID) })).toBe(5);
});
