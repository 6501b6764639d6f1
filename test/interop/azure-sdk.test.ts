import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { type CloudLimits, type RunningCloud, startCloud } from '../../src/cloud/index.ts';
import { certificatePem, clientCertificate, createCa as createFleetCa } from '../../src/factory/index.ts';
import { requireAzureSdk, SdkDevice, sdkIdentity } from '../support/azure-sdk.ts';
import { type Ca, createCa, type Identity } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { Portal } from '../support/portal.ts';

const ID_SCOPE = '0ne00C1A9B2';

const rng = rootRng('the fleet of the SDK');
const fleet = createFleetCa({
  ...{ rng, now: new Date() },
  names: { organization: 'testcorp', rootCommonName: 'fleet root', signerCommonName: 'fleet signer' },
});

/** A device of the fleet, but for its key, which is in software: certificate and signer, as a chip's chain has them. */
function fleetDevice(commonName: string): Identity {
  const leaf = clientCertificate({ signer: fleet.signer, organization: 'testcorp', commonName, now: new Date(), rng });
  return { certificate: leaf.certificatePem, key: leaf.keyPem };
}

function thumbprintOf({ certificate }: Identity): string {
  return new X509Certificate(certificate).fingerprint256;
}

const installed = requireAzureSdk();

describe.skipIf(!installed)("Azure's SDK for Node at the embedded cloud", () => {
  const directory = mkdtempSync(join(tmpdir(), 'emu-azure-sdk-'));
  const caFile = join(directory, 'servers.pem');
  const ends: (() => Promise<void>)[] = [];
  let servers: Ca;
  let cloud: RunningCloud;
  let portal: Portal;
  /** For whatever needs no process of its own. */
  let sdk: SdkDevice;

  /** A cloud with an enrollment group of the fleet's root. Its one hub is named with its port, which the SDK goes to. */
  async function start(limits: Partial<CloudLimits> = {}): Promise<RunningCloud> {
    const { certificate, key } = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
    const port = await freePort();
    const running = await startCloud({
      ...{ idScope: ID_SCOPE, hubs: [`localhost:${port}`], ports: { hub: port }, allocation: 'hashed', hosts: [] },
      server: { certificatePem: certificate, keyPem: key },
      enrollmentCas: [{ certificatePem: certificatePem(fleet.root.der), verified: true }],
      api: true,
      limits: { retryAfterSeconds: 1, ...limits },
    });
    ends.push(() => running.stop());
    return running;
  }

  function newDevice(): SdkDevice {
    const device = new SdkDevice(caFile);
    ends.push(() => device.end());
    return device;
  }

  /** What the SDK needs to register; by default at the cloud of all tests, with the CN as id. */
  function registration(registrationId: string, identity: Identity, { dpsPort }: RunningCloud = cloud) {
    return { ...sdkIdentity(identity), host: `localhost:${dpsPort}`, idScope: ID_SCOPE, registrationId };
  }

  function connection(deviceId: string, identity: Identity) {
    return { ...sdkIdentity(identity), hub: cloud.hubs[0], deviceId, ca: servers.certificate };
  }

  beforeAll(async () => {
    servers = await createCa({ commonName: 'servers' });
    writeFileSync(caFile, servers.certificate);
    cloud = await start();
    portal = new Portal(cloud);
    sdk = newDevice();
  });
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()));
    rmSync(directory, { recursive: true });
  });

  describe('with a device of a fleet whose root has an enrollment group', () => {
    const id = '0123c2d17f5be2c9ee';
    let device: SdkDevice;

    beforeAll(() => {
      device = newDevice();
    });

    const shown = () => portal.askOf(id, 'GET');

    it('registers, and is assigned a hub', async () => {
      const payload = { model: 'ESP32' };
      const state = await device.order('register', { ...registration(id, identity), payload });
      expect(state).toMatchObject({
        ...{ registrationId: id, deviceId: id, assignedHub: cloud.hubs[0] },
        ...{ status: 'assigned', substatus: 'initialAssignment' },
      });
      await device.order('connect', connection(id, identity));
      expect(await shown()).toMatchObject({ connectionState: 'connected' });
    });

    it('sends a message with its properties', async () => {
      const body = '{"message_index":"0"}';
      await device.order('send', { body, messageId: 'first', properties: { 'alarm level': 'a/b & ü' } });
      expect(await shown()).toMatchObject({ d2cMessages: 1, lastEvent: { body } });
      expect(await shown()).toHaveProperty('lastEvent.properties', {
        ...{ '$.mid': 'first', '$.ct': 'application/json', '$.ce': 'utf-8' },
        'alarm level': 'a/b & ü',
      });
    });

    it('receives a message and completes it', async () => {
      await device.order('receive');
      const message = { body: 'grüß dich', messageId: 'to-device', properties: { colour: 'red & blue' } };
      await portal.askOf(id, 'POST', '/messages', message);
      expect(await device.told('received')).toMatchObject(message);
      await expect.poll(shown, { timeout: 20_000 }).toMatchObject({ c2dPending: 0, c2dCompleted: 1 });
    });

    it('answers a direct method', async () => {
      await device.order('answerMethod', { name: 'blink', status: 207, payload: { blinked: 3 } });
      const method = { methodName: 'blink', payload: { times: 3 }, connectTimeoutInSeconds: 20 };
      expect(await portal.askOf(id, 'POST', '/methods', method)).toEqual({ status: 207, payload: { blinked: 3 } });
      expect(await device.told('invoked')).toMatchObject({ name: 'blink', payload: { times: 3 } });
    });

    it('reads its twin, reports, and follows the desired properties', async () => {
      await portal.askOf(id, 'PATCH', '/twin', { properties: { desired: { period: 10, led: { colour: 'red' } } } });
      expect(await device.order('getTwin')).toEqual({
        desired: { period: 10, led: { colour: 'red' }, $version: 2 },
        reported: { $version: 1 },
      });
      await device.order('watchDesired');
      expect(await device.told('desired')).toMatchObject({ patch: { period: 10, $version: 2 } });

      await device.order('report', { patch: { firmware: '1.0', period: 10 } });
      await device.order('report', { patch: { period: null } });
      expect(await portal.askOf(id, 'GET', '/twin')).toHaveProperty('properties.reported', {
        ...{ firmware: '1.0', $version: 3 },
      });

      await portal.askOf(id, 'PATCH', '/twin', { properties: { desired: { period: 20, led: null } } });
      expect(await device.told('desired')).toMatchObject({ patch: { period: 20, led: null, $version: 3 } });
    });

    it('is sent what came while it was away', async () => {
      await device.order('disconnect');
      await portal.askOf(id, 'POST', '/messages', { body: 'while you were away' });
      expect(await shown()).toMatchObject({ connectionState: 'disconnected', c2dPending: 1 });
      await device.order('reconnect');
      expect(await device.told('received')).toMatchObject({ body: 'while you were away' });
    });

    const identity = fleetDevice(id);
  });

  it('drops the first connection of a device when the second comes', async () => {
    const id = '0123c2d17f5be2caee';
    const identity = fleetDevice(id);
    await sdk.order('register', registration(id, identity));
    await sdk.order('connect', connection(id, identity));
    const second = newDevice();
    await second.order('connect', connection(id, identity));
    expect(await sdk.told('disconnected')).toMatchObject({ reason: expect.stringContaining('closed') });
    await second.order('send', { body: '{}' });
    expect(await portal.askOf(id, 'GET')).toMatchObject({ connects: 2, d2cMessages: 1 });
  });

  it('refuses a certificate of a CA that nobody enrolled with 401, and closes the hub to it', async () => {
    const id = '0123c2d17f5be2cbee';
    const stranger = await servers.issue({ commonName: id });
    expect(await sdk.failing('register', registration(id, stranger))).toMatchObject({
      ...{ name: 'UnauthorizedError', result: { errorCode: 401_002 } },
    });
    expect(await sdk.failing('connect', connection(id, stranger))).toMatchObject({
      message: expect.stringContaining('Unable to establish a connection'),
    });
  });

  it('refuses a registration id that is not the CN of the certificate', async () => {
    const identity = fleetDevice('0123c2d17f5be2ccee');
    expect(await sdk.failing('register', registration('0123c2d17f5be2cdee', identity))).toMatchObject({
      name: 'UnauthorizedError',
    });
  });

  it('refuses a device of another id scope', async () => {
    const id = '0123c2d17f5be2ceee';
    const elsewhere = { ...registration(id, fleetDevice(id)), idScope: '0ne00FFFFFF' };
    expect(await sdk.failing('register', elsewhere)).toMatchObject({ name: 'UnauthorizedError' });
  });

  it('refuses a device that never registered at the hub', async () => {
    const id = '0123c2d17f5be2cfee';
    expect(await sdk.failing('connect', connection(id, fleetDevice(id)))).toMatchObject({
      message: expect.stringContaining('Connection refused: Not authorized'),
    });
  });

  it('takes an individual enrollment by thumbprint, and refuses another certificate and a disabled enrollment', async () => {
    const id = '0123c2d17f5be2d0ee';
    const selfSigned = await createCa({ commonName: id });
    await portal.ask('PUT', `/enrollments/${id}`, { thumbprints: [thumbprintOf(selfSigned)] });
    const state = await sdk.order('register', registration(id, selfSigned));
    expect(state).toMatchObject({ deviceId: id, status: 'assigned' });
    await sdk.order('connect', connection(id, selfSigned));
    await sdk.order('disconnect');
    const namesake = await createCa({ commonName: id });
    expect(await sdk.failing('register', registration(id, namesake))).toMatchObject({ name: 'UnauthorizedError' });

    await portal.ask('PATCH', `/enrollments/${id}`, { provisioningStatus: 'disabled' });
    expect(await sdk.failing('register', registration(id, selfSigned))).toMatchObject({
      message: expect.stringContaining('disabled'),
    });
  });

  it('refuses a device of a disabled group, and takes it when the group is enabled again', async () => {
    const id = '0123c2d17f5be2d4ee';
    const device = registration(id, fleetDevice(id));
    const groups = (await portal.ask('GET', '/enrollmentGroups')) as { enrollmentGroupId: string }[];
    expect(groups).toHaveLength(1);
    const set = (provisioningStatus: 'enabled' | 'disabled') =>
      portal.ask('PATCH', `/enrollmentGroups/${groups[0]?.enrollmentGroupId}`, { provisioningStatus });
    await set('disabled');
    expect(await sdk.failing('register', device)).toMatchObject({ message: expect.stringContaining('disabled') });
    await set('enabled');
    expect(await sdk.order('register', device)).toMatchObject({ deviceId: id, status: 'assigned' });
  });

  it('connects a device that was registered by hand with a thumbprint, without a DPS', async () => {
    const id = '0123c2d17f5be2d1ee';
    const selfSigned = await createCa({ commonName: id });
    await portal.askOf(id, 'PUT', '', {
      authentication: { type: 'selfSigned', thumbprints: [thumbprintOf(selfSigned)] },
    });
    await sdk.order('connect', connection(id, selfSigned));
    await sdk.order('send', { body: '{}' });
    expect(await portal.askOf(id, 'GET')).toMatchObject({ connectionState: 'connected', d2cMessages: 1 });
  });

  it('survives 429', async () => {
    const busy = await start({ dpsRequestsPerSecond: 0.25 });
    const ids = ['0123c2d17f5be2d2ee', '0123c2d17f5be2d3ee'];
    const states = await Promise.all(ids.map((id) => sdk.order('register', registration(id, fleetDevice(id), busy))));
    expect(states).toMatchObject(ids.map((deviceId) => ({ deviceId, status: 'assigned' })));
    const { dps } = (await new Portal(busy).ask('GET', '/')) as { dps: { answers: Record<string, number> } };
    expect(dps.answers).toMatchObject({ 200: 2, 202: 2, 429: expect.any(Number) });
  });
});
