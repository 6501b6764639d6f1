import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { type RunningCloud, startCloud } from '../../src/cloud/index.ts';
import { certificatePem, clientCertificate, createCa as createFleetCa } from '../../src/factory/index.ts';
import { requireAzureSdk, SdkDevice, sdkIdentity } from '../support/azure-sdk.ts';
import { type Ca, createCa } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';

const installed = requireAzureSdk();

describe.skipIf(!installed)("Azure's SDK for Node at the embedded cloud", () => {
  const directory = mkdtempSync(join(tmpdir(), 'emu-azure-sdk-'));
  const caFile = join(directory, 'root.pem');
  const idScope = '0ne00C1A9B2';
  const group = createFleetCa({
    rng: rootRng('a fleet'),
    now: new Date(),
    names: { organization: 'testcorp', rootCommonName: 'fleet root', signerCommonName: 'fleet signer' },
  });
  let root: Ca;
  let fleet: Ca;
  let cloud: RunningCloud;
  let sdk: SdkDevice;

  beforeAll(async () => {
    [root, fleet] = await Promise.all([createCa({ commonName: 'root' }), createCa({ commonName: 'fleet' })]);
    writeFileSync(caFile, root.certificate);
    const { certificate, key } = await root.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
    const port = await freePort();
    cloud = await startCloud({
      idScope,
      hubs: [`localhost:${port}`],
      allocation: 'hashed',
      hosts: [],
      server: { certificatePem: certificate, keyPem: key },
      enrollmentCas: [fleet.certificate, certificatePem(group.root.der)].map((certificatePem) => ({
        certificatePem,
        verified: true,
      })),
      ports: { hub: port },
    });
    sdk = new SdkDevice(caFile);
  });
  afterAll(async () => {
    await sdk?.end();
    await cloud?.stop();
    rmSync(directory, { recursive: true });
  });

  const registering = () => ({ host: `localhost:${cloud.dpsPort}`, idScope });

  it('registers at the DPS and sends to the hub that it was assigned', async () => {
    const id = '0123c2d17f5be2c9ee';
    const identity = sdkIdentity(await fleet.issue({ commonName: id }));
    const state = await sdk.order('register', { ...identity, ...registering(), registrationId: id });
    expect(state).toMatchObject({ registrationId: id, deviceId: id, assignedHub: cloud.hubs[0], status: 'assigned' });
    await sdk.order('connect', { ...identity, hub: cloud.hubs[0], deviceId: id, ca: root.certificate });
    await sdk.order('send', { body: '{"message_index":"0"}', messageId: '0' });
  });

  it('registers with the chain of a fleet, device and signer', async () => {
    const id = '0123c2d17f5be2cbee';
    const rng = rootRng('a fleet of its own');
    const identity = clientCertificate({
      signer: group.signer,
      organization: 'x',
      commonName: id,
      now: new Date(),
      rng,
    });
    const state = await sdk.order('register', {
      ...{ cert: identity.certificatePem, key: identity.keyPem },
      ...registering(),
      registrationId: id,
    });
    expect(state).toMatchObject({ deviceId: id, status: 'assigned' });
  });

  it('refuses a registration id that is not the CN of the certificate', async () => {
    const identity = sdkIdentity(await fleet.issue({ commonName: '0123c2d17f5be2ccee' }));
    const failure = await sdk.failing('register', {
      ...identity,
      ...registering(),
      registrationId: '0123c2d17f5be2cdee',
    });
    expect(failure).toMatchObject({ name: 'UnauthorizedError', result: { message: 'Unauthorized' } });
  });

  it('drops the first connection of a device when the second comes', async () => {
    const id = '0123c2d17f5be2ceee';
    const identity = sdkIdentity(await fleet.issue({ commonName: id }));
    await sdk.order('register', { ...identity, ...registering(), registrationId: id });
    const connection = { ...identity, hub: cloud.hubs[0], deviceId: id, ca: root.certificate };
    await sdk.order('connect', connection);
    const second = new SdkDevice(caFile);
    await second.order('connect', connection);
    expect(await sdk.told('disconnected')).toMatchObject({ reason: expect.stringContaining('closed') });
    await second.order('send', { body: '{}' });
    await second.end();
  });

  it('refuses a certificate of a CA that nobody enrolled with 401', async () => {
    const id = '0123c2d17f5be2caee';
    const identity = sdkIdentity(await root.issue({ commonName: id }));
    const failure = await sdk.failing('register', { ...identity, ...registering(), registrationId: id });
    expect(failure).toMatchObject({ name: 'UnauthorizedError', result: { message: 'Unauthorized' } });
  });
});
