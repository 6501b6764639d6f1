import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApi } from '../../../src/cloud/api/index.ts';
import { type Issued, issue, pemOf } from '../../support/chains.ts';
import { atHub, leaf, registered } from '../../support/cloud-device.ts';
import { authority, HUB, MemoryCloud, settled } from '../../support/memory-cloud.ts';

const TOKEN = 'a token';
const ID = 'device-1';

let root: Issued & { readonly pem: string };
let chain: readonly Issued[];
let cloud: MemoryCloud;
let server: Server;
let port: number;

beforeAll(async () => {
  root = await authority('root');
  chain = [await leaf(ID, root)];
});

beforeEach(async () => {
  cloud = new MemoryCloud({ hubs: [HUB, 'localhost:8884'] });
  server = createApi(cloud.cloud.parts, TOKEN).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at what is there
  readonly body: any;
}

async function call(method: string, path: string, body?: unknown, token: string | undefined = TOKEN): Promise<Reply> {
  const raw = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = httpRequest({ port, host: '127.0.0.1', method, path, headers });
  request.end(raw);
  const [response] = await once(request, 'response');
  const answer = await text(response);
  expect(response.headers['content-type']).toBe('application/json');
  return { status: response.statusCode, body: answer === '' ? undefined : JSON.parse(answer) };
}

const DEVICE = `/hubs/${HUB}/devices/${ID}`;
const AUTHORITY = { authentication: { type: 'certificateAuthority' } };

describe('a portal', () => {
  test('uploads a CA, proves possession, enrolls a group, and the group registers', async () => {
    const uploaded = await call('PUT', '/certificates/root', { certificatePem: root.pem });
    expect(uploaded).toMatchObject({ status: 200, body: { name: 'root', verified: false } });
    const proof = await issue({ subject: uploaded.body.verificationCode, issuer: root });
    expect((await call('PUT', '/enrollmentGroups/g', { certificate: 'root' })).body).toMatchObject({
      enrollmentGroupId: 'g',
      provisioningStatus: 'enabled',
      reprovisionPolicy: 'migrate',
    });
    expect((await registered(cloud, ID, chain)).status).toBe(401);
    const certificatePem = (await pemOf(proof)).certificate;
    expect((await call('POST', '/certificates/root/verify', { certificatePem })).body).toMatchObject({
      verified: true,
    });
    expect((await registered(cloud, ID, chain)).status).toBe(200);

    expect((await call('GET', `/registrations/${ID}`)).body).toMatchObject({ status: 'assigned', deviceId: ID });
    expect((await call('GET', '/registrations')).body).toHaveLength(1);
    expect((await call('GET', '/enrollmentGroups')).body).toHaveLength(1);
    expect((await call('GET', '/certificates')).body).toMatchObject([{ name: 'root', verified: true }]);
    expect((await call('DELETE', '/certificates/root')).status).toBe(409);
    expect((await call('PATCH', '/enrollmentGroups/g', { provisioningStatus: 'disabled' })).body).toMatchObject({
      certificate: 'root',
      provisioningStatus: 'disabled',
    });
    expect((await registered(cloud, ID, chain)).body.status).toBe('disabled');
    expect(await call('DELETE', `/registrations/${ID}`)).toEqual({ status: 204, body: undefined });
    expect((await call('GET', `/registrations/${ID}`)).status).toBe(404);
    expect((await call('DELETE', '/enrollmentGroups/g')).status).toBe(204);
    expect((await call('DELETE', '/certificates/root')).status).toBe(204);
    expect((await call('GET', '/certificates/root')).status).toBe(404);
  });

  test('enrolls one device, changes that and takes it back', async () => {
    const { fingerprint256 } = new X509Certificate((chain[0] as Issued).der);
    const put = await call('PUT', `/enrollments/${ID}`, { thumbprints: [fingerprint256], deviceId: 'pump' });
    expect(put.body).toMatchObject({ registrationId: ID, thumbprints: [fingerprint256.replaceAll(':', '')] });
    expect((await registered(cloud, ID, chain)).body.registrationState).toMatchObject({ deviceId: 'pump' });
    const patch = await call('PATCH', `/enrollments/${ID.toUpperCase()}`, { provisioningStatus: 'disabled' });
    expect(patch.body).toMatchObject({ registrationId: ID, deviceId: 'pump', provisioningStatus: 'disabled' });
    expect(patch.body.etag).not.toBe(put.body.etag);
    expect((await registered(cloud, ID, chain)).body.status).toBe('disabled');
    expect((await call('GET', '/enrollments')).body).toHaveLength(1);
    expect((await call('DELETE', `/enrollments/${ID}`)).status).toBe(204);
    expect((await call('GET', `/enrollments/${ID}`)).status).toBe(404);
    expect((await registered(cloud, ID, chain)).status).toBe(401);
  });

  test('registers a device by hand, sees what it does, and removes it', async () => {
    cloud.cloud.parts.authorities.upload('root', root.pem, true);
    expect((await call('PUT', DEVICE, AUTHORITY)).body).toMatchObject({
      hub: HUB,
      deviceId: ID,
      status: 'enabled',
      connectionState: 'disconnected',
      connects: 0,
      d2cMessages: 0,
    });
    expect((await call('PUT', DEVICE, AUTHORITY)).status).toBe(409);
    const client = await atHub(cloud, ID, chain);
    client.publish(`devices/${ID}/messages/events/a=b`, 'hello', 1);
    await client.next();
    expect((await call('GET', `/hubs/${HUB}/devices`)).body).toMatchObject([
      { connectionState: 'connected', d2cMessages: 1, lastEvent: { body: 'hello', properties: { a: 'b' } } },
    ]);
    expect((await call('GET', '/')).body).toMatchObject({
      idScope: '0ne00ABCDEF',
      hubs: [{ name: HUB, devices: 1, connected: 1, d2cMessages: 1 }, { name: 'localhost:8884' }],
    });
    expect((await call('PATCH', DEVICE, { status: 'disabled' })).body).toMatchObject({
      ...AUTHORITY,
      status: 'disabled',
    });
    expect(await client.next()).toBeUndefined();
    expect((await call('DELETE', DEVICE)).status).toBe(204);
    expect((await call('GET', DEVICE)).status).toBe(404);
    expect((await call('DELETE', DEVICE)).status).toBe(404);
  });

  test('names a hub with its port, encoded or not, and a device with any of its characters', async () => {
    for (const hub of ['localhost:8884', 'localhost%3A8884', 'LOCALHOST']) {
      expect((await call('GET', `/hubs/${hub}/devices`)).status).toBe(200);
    }
    const device = encodeURIComponent("a%2F'=@$:,(!)?*_.-");
    expect((await call('PUT', `/hubs/localhost:8884/devices/${device}`, AUTHORITY)).status).toBe(200);
    expect((await call('GET', `/hubs/localhost:8884/devices/${device}/twin`)).status).toBe(200);
  });

  test('takes certificates as the files that they are', async () => {
    const { certificate } = await pemOf(chain[0] as Issued);
    const uploaded = await call('PUT', '/certificates/root', root.pem);
    const proof = await pemOf(await issue({ subject: uploaded.body.verificationCode, issuer: root }));
    expect((await call('POST', '/certificates/root/verify', proof.certificate)).body).toMatchObject({ verified: true });
    const { fingerprint, fingerprint256 } = new X509Certificate(certificate);
    const thumbprints = [fingerprint, fingerprint256].map((each) => each.replaceAll(':', ''));
    expect((await call('PUT', `/enrollments/${ID}`, certificate)).body).toMatchObject({ thumbprints });
    expect((await call('PUT', `/enrollments/${ID}`, { certificatePem: certificate })).body).toMatchObject({
      thumbprints,
    });
    expect((await call('PUT', DEVICE, certificate)).body).toMatchObject({
      authentication: { type: 'selfSigned', thumbprints },
    });
    await atHub(cloud, ID, chain);
    expect((await call('PUT', '/enrollments/other', '-----BEGIN CERTIFICATE-----\nabc')).status).toBe(400);
    expect((await call('PUT', '/enrollments/other', { certificatePem: 7 })).status).toBe(400);
  });

  test('patches and reads twins', async () => {
    await call('PUT', DEVICE, AUTHORITY);
    const patch = { tags: { site: 'a' }, properties: { desired: { interval: 5 } } };
    const twin = { deviceId: ID, tags: { site: 'a' }, properties: { desired: { interval: 5, $version: 2 } } };
    expect(await call('PATCH', `${DEVICE}/twin`, patch)).toMatchObject({ status: 200, body: twin });
    expect((await call('GET', `${DEVICE}/twin`)).body).toMatchObject({
      ...twin,
      properties: { reported: { $version: 1 } },
    });
    for (const wrong of [{ properties: { desired: { 'a.b': 1 } } }, { properties: { desired: [] } }, { tags: 7 }]) {
      expect((await call('PATCH', `${DEVICE}/twin`, wrong)).status, JSON.stringify(wrong)).toBe(400);
    }
    expect((await call('GET', `${DEVICE}/twin`)).body).toMatchObject(twin);
  });

  test('sends a message and sees it wait', async () => {
    await call('PUT', DEVICE, AUTHORITY);
    const sent = await call('POST', `${DEVICE}/messages`, { body: 'hällo', properties: { a: null, b: 'c' } });
    expect(sent).toMatchObject({ status: 200, body: { sequence: 1, messageId: expect.any(String) } });
    expect((await call('GET', `${DEVICE}/messages`)).body).toEqual([sent.body]);
    expect(Buffer.from(sent.body.payload, 'base64').toString()).toBe('hällo');
    expect((await call('POST', `/hubs/${HUB}/devices/nobody/messages`, { body: 'x' })).status).toBe(404);
    expect((await call('POST', `${DEVICE}/messages`, { body: 'x'.repeat(65_537) })).status).toBe(413);
  });

  test('invokes a method', async () => {
    cloud.cloud.parts.authorities.upload('root', root.pem, true);
    await call('PUT', DEVICE, AUTHORITY);
    const offline = await call('POST', `${DEVICE}/methods`, { methodName: 'blink' });
    expect(offline).toMatchObject({ status: 404, body: { errorCode: 404_103 } });
    const client = await atHub(cloud, ID, chain, { filters: ['$iothub/methods/POST/#'] });
    const answer = call('POST', `${DEVICE}/methods`, { methodName: 'blink', payload: [1] });
    expect((await client.message())?.text).toBe('[1]');
    client.publish('$iothub/methods/res/200/?$rid=1', '{"ok":true}');
    expect((await answer).body).toEqual({ status: 200, payload: { ok: true } });

    const late = call('POST', `${DEVICE}/methods`, { methodName: 'blink', responseTimeoutInSeconds: 5 });
    await client.message();
    await cloud.clock.advance(5000);
    expect(await late).toMatchObject({ status: 504, body: { errorCode: 504_101 } });

    // An answer that is nested so deeply that it cannot be written down again.
    const deep = call('POST', `${DEVICE}/methods`, { methodName: 'blink' });
    await client.message();
    client.publish('$iothub/methods/res/200/?$rid=3', '['.repeat(100_000) + ']'.repeat(100_000));
    expect((await deep).status).toBe(400);
    expect((await call('GET', '/')).status).toBe(200);
  });
});

describe('the API refuses', () => {
  test.each([undefined, '', 'another token', `${TOKEN}x`])('the token %j', async (token) => {
    expect(await call('GET', '/', undefined, token ?? '')).toMatchObject({ status: 401, body: { errorCode: 401_000 } });
    const request = httpRequest({ port, host: '127.0.0.1', path: '/' });
    request.end();
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(401);
    response.resume();
  });

  test.each([
    ['GET', '/nothing', 404],
    ['GET', '/hubs/other.test/devices', 404],
    ['GET', `${DEVICE}/twin/more`, 404],
    ['GET', '/certificates/%zz', 400],
    ['POST', '/', 405],
    ['GET', `${DEVICE}/methods`, 405],
    ['PUT', `${DEVICE}/twin`, 405],
    ['OPTIONS', '/', 405],
  ])('%s %s with %i', async (method, path, status) => {
    const reply = await call(method, path);
    expect(reply).toMatchObject({ status, body: { message: expect.any(String) } });
  });

  test.each([
    ['PUT', '/certificates/root', '{'],
    ['PUT', '/certificates/root', ''],
    ['PUT', '/certificates/root', '[]'],
    ['PUT', '/certificates/root', { certificatePem: 7 }],
    ['PUT', '/certificates/root', { certificatePem: 'text' }],
    ['PUT', '/certificates/a%2Fb', { certificatePem: 'text' }],
    ['PUT', '/certificates/root', { certificatePem: 'text', verified: true }],
    ['PUT', '/enrollments/-', { thumbprints: ['0'.repeat(40)] }],
    ['PUT', '/enrollments/a', { thumbprints: [] }],
    ['PUT', '/enrollments/a', { thumbprints: ['0'.repeat(41)] }],
    ['PUT', '/enrollments/a', { thumbprints: ['0'.repeat(40)], provisioningStatus: 'maybe' }],
    ['PUT', '/enrollments/a', { thumbprints: ['0'.repeat(40)], allocationPolicy: 'random' }],
    ['PUT', DEVICE, {}],
    ['PUT', DEVICE, { authentication: { type: 'sas' } }],
    ['PUT', `/hubs/${HUB}/devices/a+b`, AUTHORITY],
    ['PUT', `/hubs/${HUB}/devices/${'a'.repeat(129)}`, AUTHORITY],
    ['POST', `${DEVICE}/messages`, { body: 'x', properties: { a: 1 } }],
    ['POST', `${DEVICE}/methods`, { methodName: '' }],
    ['POST', `${DEVICE}/methods`, { methodName: 'a', responseTimeoutInSeconds: 301 }],
    ['POST', `${DEVICE}/methods`, { methodName: 'a', responseTimeoutInSeconds: 0 }],
  ])('%s %s %j with 400', async (method, path, body) => {
    expect((await call(method, path, body)).status).toBe(400);
  });

  test('a body of more than 256 KiB with 413, and reads it to its end', async () => {
    const reply = await call('PUT', '/certificates/root', ' '.repeat(2_000_000));
    expect(reply).toMatchObject({ status: 413, body: { errorCode: 413_000 } });
    expect((await call('GET', '/')).status).toBe(200);
  });

  test('what is no HTTP', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await call('GET', '/')).status).toBe(200);
  });

  test('any JSON that does not fit without an error of its own', async () => {
    await call('PUT', DEVICE, AUTHORITY);
    const paths = ['/certificates/a', '/enrollmentGroups/a', '/enrollments/a', DEVICE, `${DEVICE}/twin`];
    const requests = [
      ...paths.map((path) => ['PUT', path] as const),
      ...paths.map((path) => ['PATCH', path] as const),
      ['POST', `${DEVICE}/messages`] as const,
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...requests), fc.json(), async ([method, path], body) => {
        const { status } = await call(method, path, body);
        expect([200, 400, 404, 405, 409]).toContain(status);
      }),
      { numRuns: 200 },
    );
    await settled();
  });
});
