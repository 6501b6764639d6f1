import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCloud, startCloud } from '../../src/cloud/index.ts';
import { type Ca, createCa, type Identity } from '../support/certificates.ts';
import { MqttDevice, type MqttDeviceOptions } from '../support/mqtt-device.ts';
import { Portal } from '../support/portal.ts';

const ID = '0123a5d40b77f3e1ee';
const ID_SCOPE = '0ne00D4F00D';
const HUBS = ['hub-1.azure-devices.test', 'hub-2.azure-devices.test'];

/** The topics are written down from Azure's pages on MQTT at a DPS and at an IoT hub. */
const RESPONSES = '$dps/registrations/res/';
const EVENTS = `devices/${ID}/messages/events/`;
const DEVICEBOUND = `devices/${ID}/messages/devicebound/`;

describe('a device of today without an SDK at the embedded cloud', () => {
  const opened: MqttDevice[] = [];
  let servers: Ca;
  let devices: Ca;
  let identity: Identity;
  let cloud: RunningCloud;
  let portal: Portal;
  let assignedHub: string;

  beforeAll(async () => {
    [servers, devices] = await Promise.all([createCa({ commonName: 'servers' }), createCa({ commonName: 'devices' })]);
    identity = await devices.issue({ commonName: ID });
    const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost', ...HUBS] });
    cloud = await startCloud({
      ...{ idScope: ID_SCOPE, hubs: HUBS, allocation: 'hashed', hosts: [], api: true },
      server: { certificatePem: server.certificate, keyPem: server.key },
      enrollmentCas: [{ certificatePem: devices.certificate, verified: true }],
      limits: { retryAfterSeconds: 7, assignDelayMs: 200 },
    });
    portal = new Portal(cloud);
  });
  afterAll(async () => {
    for (const { client } of opened) client.end(true);
    await cloud?.stop();
  });

  async function connect(options: Pick<MqttDeviceOptions, 'host' | 'port' | 'username' | 'clean' | 'will'>) {
    const device = await MqttDevice.connect({ ...options, clientId: ID, identity, ca: servers.certificate });
    opened.push(device);
    return device;
  }

  const atHub = (options: Pick<MqttDeviceOptions, 'clean' | 'will'> = {}) =>
    connect({
      ...{ host: assignedHub, port: cloud.hubPort },
      ...{ username: `${assignedHub}/${ID}/?api-version=2021-04-12`, ...options },
    });

  const ofDevice = (method: 'GET' | 'PATCH' | 'POST', path = '', body?: object) =>
    portal.ask(method, `/hubs/${assignedHub}/devices/${ID}${path}`, body);

  it('is assigned a hub by the DPS, api-version 2021-06-01', async () => {
    const username = `${ID_SCOPE}/registrations/${ID}/api-version=2021-06-01`;
    const device = await connect({ host: 'localhost', port: cloud.dpsPort, username });
    await device.client.subscribeAsync(`${RESPONSES}#`, { qos: 1 });

    const register = '$dps/registrations/PUT/iotdps-register/?$rid=a1b2';
    const begun = await device.ask(register, `{"registrationId":"${ID}","payload":{"a":1}}`, RESPONSES);
    expect(begun.topic).toBe('$dps/registrations/res/202/?$rid=a1b2&retry-after=7');
    const { operationId, status } = JSON.parse(begun.body);
    expect({ operationId, status }).toEqual({
      operationId: expect.stringMatching(/^4\.[0-9a-f]{16}\./),
      status: 'assigning',
    });

    const poll = (rid: string, operation = operationId) =>
      device.ask(
        `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operation}`,
        '',
        RESPONSES,
      );
    let answer = await poll('2');
    while (answer.topic === '$dps/registrations/res/202/?$rid=2&retry-after=7') {
      expect(JSON.parse(answer.body)).toMatchObject({ operationId, registrationState: { status: 'assigning' } });
      answer = await poll('2');
    }
    expect(answer.topic).toBe('$dps/registrations/res/200/?$rid=2');
    const { registrationState } = JSON.parse(answer.body);
    expect(registrationState).toMatchObject({
      ...{ registrationId: ID, deviceId: ID, status: 'assigned', substatus: 'initialAssignment' },
      x509: { certificateInfo: { subjectName: `CN=${ID}` } },
    });
    expect(HUBS).toContain(registrationState.assignedHub);
    assignedHub = registrationState.assignedHub;

    const unknown = await poll('3', '4.0000000000000000.nobody');
    expect(unknown.topic).toMatch(/^\$dps\/registrations\/res\/404\/\?\$rid=3/);
  });

  it('is refused by the hub that it was not assigned', async () => {
    const other = HUBS.find((name) => name !== assignedHub) as string;
    const username = `${other}/${ID}/?api-version=2021-04-12`;
    await expect(connect({ host: other, port: cloud.hubPort, username })).rejects.toMatchObject({ code: 5 });
  });

  it('sends at QoS 0 and 1, with properties and the flag to retain', async () => {
    const { client } = await atHub();
    await client.publishAsync(`${EVENTS}%24.ct=application%2Fjson&flag&path=a%2Fb%3Dc`, '{}', { qos: 0 });
    await client.publishAsync(EVENTS, 'kept', { qos: 1, retain: true });
    expect(await ofDevice('GET')).toMatchObject({
      d2cMessages: 2,
      lastEvent: { body: 'kept', properties: { 'mqtt-retain': 'true' } },
    });
    await client.publishAsync(`${EVENTS}flag&path=a%2Fb%3Dc`, '', { qos: 1 });
    expect(await ofDevice('GET')).toHaveProperty('lastEvent.properties', { flag: null, path: 'a/b=c' });
    await client.endAsync();
  });

  it('leaves a will, which is a message of its own kind', async () => {
    const { client } = await atHub({ will: { topic: EVENTS, payload: Buffer.from('gone'), qos: 1, retain: false } });
    client.stream.destroy();
    await expect
      .poll(() => ofDevice('GET'), { timeout: 20_000 })
      .toMatchObject({
        lastEvent: { body: 'gone', properties: { 'iothub-MessageType': 'Will' } },
      });
  });

  it('is dropped for a topic of another device, and for QoS 2', async () => {
    for (const [topic, qos] of [
      ['devices/somebody-else/messages/events/', 1],
      [EVENTS, 2],
    ] as const) {
      const device = await atHub();
      const closed = device.closed();
      device.client.publish(topic, '', { qos });
      await closed;
    }
  });

  it('is granted QoS 1 at most, and receives with the properties in the topic', async () => {
    const device = await atHub();
    const [granted] = await device.client.subscribeAsync(`${DEVICEBOUND}#`, { qos: 2 });
    expect(granted).toMatchObject({ qos: 1 });
    await ofDevice('POST', '/messages', { body: 'hello', messageId: 'a b', properties: { 'x/y': 'ü&=' } });
    const { topic, body, qos } = await device.next(DEVICEBOUND);
    expect({ body, qos }).toEqual({ body: 'hello', qos: 1 });
    expect([...new URLSearchParams(topic.slice(DEVICEBOUND.length))]).toEqual([
      ['$.mid', 'a b'],
      ['$.to', `/devices/${ID}/messages/deviceBound`],
      ['x/y', 'ü&='],
    ]);
    await expect.poll(() => ofDevice('GET'), { timeout: 20_000 }).toMatchObject({ c2dPending: 0, c2dCompleted: 1 });
    await device.client.endAsync();
  });

  it('keeps what it subscribed unless it wants a clean session', async () => {
    const first = await atHub({ clean: false });
    await first.client.subscribeAsync(`${DEVICEBOUND}#`, { qos: 1 });
    await first.client.endAsync();
    await ofDevice('POST', '/messages', { body: 'kept for you' });
    const second = await atHub({ clean: false });
    expect(await second.next(DEVICEBOUND)).toMatchObject({ body: 'kept for you' });
    await second.client.endAsync();

    const clean = await atHub({ clean: true });
    await ofDevice('POST', '/messages', { body: 'nobody subscribed' });
    await clean.client.publishAsync(EVENTS, '', { qos: 1 });
    expect(await ofDevice('GET')).toMatchObject({ c2dPending: 1 });
    await clean.client.endAsync();
  });

  it('has a twin', async () => {
    const device = await atHub();
    await device.client.subscribeAsync('$iothub/twin/res/#');
    await device.client.subscribeAsync('$iothub/twin/PATCH/properties/desired/#');
    const answers = '$iothub/twin/res/';
    expect(await device.ask('$iothub/twin/GET/?$rid=10', '', answers)).toMatchObject({
      ...{ topic: '$iothub/twin/res/200/?$rid=10', body: '{"desired":{"$version":1},"reported":{"$version":1}}' },
    });
    const report = (rid: number, patch: string) =>
      device.ask(`$iothub/twin/PATCH/properties/reported/?$rid=${rid}`, patch, answers);
    expect(await report(11, '{"fan":{"on":true}}')).toMatchObject({
      ...{ topic: '$iothub/twin/res/204/?$rid=11&$version=2', body: '' },
    });
    expect((await report(12, '{"fan":')).topic).toBe('$iothub/twin/res/400/?$rid=12');
    await ofDevice('PATCH', '/twin', { properties: { desired: { period: 5 } } });
    expect(await device.next('$iothub/twin/PATCH')).toMatchObject({
      ...{ topic: '$iothub/twin/PATCH/properties/desired/?$version=2', body: '{"period":5,"$version":2}' },
    });
    await device.client.endAsync();
  });

  it('answers direct methods, or is late', async () => {
    const device = await atHub();
    const call = { methodName: 'reboot', payload: { in: 5 } };
    await expect(ofDevice('POST', '/methods', call)).rejects.toThrow('404');
    await device.client.subscribeAsync('$iothub/methods/POST/#');
    const answer = ofDevice('POST', '/methods', call);
    const { topic, body } = await device.next('$iothub/methods/POST/');
    const [, rid] = /^\$iothub\/methods\/POST\/reboot\/\?\$rid=(\w+)$/.exec(topic) ?? [];
    expect(JSON.parse(body)).toEqual({ in: 5 });
    await device.client.publishAsync(`$iothub/methods/res/202/?$rid=${rid}`, '{"soon":true}');
    expect(await answer).toEqual({ status: 202, payload: { soon: true } });
    await expect(ofDevice('POST', '/methods', { ...call, responseTimeoutInSeconds: 0.2 })).rejects.toThrow('504');
    await device.client.endAsync();
  });
});
