import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { rootRng } from '../../../emulator/rng/index.ts';
import { createCa, possessionCertificate } from '../../../src/factory/index.ts';
import { type Issued, issue, pemOf } from '../../support/chains.ts';
import { leaf, registered } from '../../support/cloud-device.ts';
import { authority, HUB, MemoryCloud } from '../../support/memory-cloud.ts';

const ID = 'device-1';
const POLICY = { provisioningStatus: 'enabled', reprovisionPolicy: 'migrate' } as const;

let root: Issued & { readonly pem: string };
let signer: Issued & { readonly pem: string };
let chain: readonly Issued[];

beforeAll(async () => {
  root = await authority('root');
  signer = await authority('signer', root);
  chain = [await leaf(ID, signer), signer];
});

const thumbprint = (hash: 'sha1' | 'sha256', { der }: Issued) => {
  const { fingerprint, fingerprint256 } = new X509Certificate(der);
  return (hash === 'sha1' ? fingerprint : fingerprint256).replaceAll(':', '');
};
const pemFrom = async (issued: Issued) => (await pemOf(issued)).certificate;

describe('a CA proves possession', () => {
  function uploaded(): MemoryCloud {
    const cloud = new MemoryCloud();
    const { authorities, enrollments } = cloud.cloud.parts;
    authorities.upload('root', root.pem, false);
    enrollments.putGroup({ ...POLICY, enrollmentGroupId: 'group', certificate: 'root' });
    return cloud;
  }

  test('and lets nobody in before', async () => {
    const cloud = uploaded();
    const { authorities } = cloud.cloud.parts;
    expect((await registered(cloud, ID, chain)).status).toBe(401);
    const { verificationCode = '' } = authorities.get('root');
    expect(verificationCode).toMatch(/^[0-9A-F]{48}$/);
    const proof = await issue({ subject: verificationCode, issuer: root });
    expect(authorities.verify('root', await pemFrom(proof))).toMatchObject({ verified: true });
    expect(authorities.get('root')).not.toHaveProperty('verificationCode');
    expect((await registered(cloud, ID, chain)).status).toBe(200);
  });

  test.each([
    [
      'another code',
      () => issue({ subject: '0123', issuer: root }),
      /^the CN of the certificate must be [0-9A-F]{48}$/,
    ],
    ['its own certificate', () => Promise.resolve(root), /^the CN/],
    ['another issuer', (subject: string) => issue({ subject, issuer: signer }), /is not issued by root/],
    [
      'the name of the issuer alone',
      (subject: string) => issue({ subject, issuer: root, signer }),
      /not issued by root/,
    ],
    [
      'a certificate that has expired',
      (subject: string) => issue({ subject, issuer: root, notAfter: '2026-01-01T00:00:00Z' }),
      /not valid now/,
    ],
  ] as const)('not by %s', async (_, make, words) => {
    const { authorities } = uploaded().cloud.parts;
    const { verificationCode = '' } = authorities.get('root');
    const proof = await pemFrom(await make(verificationCode));
    expect(() => authorities.verify('root', proof)).toThrow(words);
    expect(authorities.get('root')).toMatchObject({ verified: false, verificationCode });
  });

  test('not by what is no certificate, and not twice', async () => {
    const { authorities } = uploaded().cloud.parts;
    expect(() => authorities.verify('root', 'no certificate')).toThrow('this is not a certificate in PEM');
    const { verificationCode = '' } = authorities.get('root');
    const proof = await pemFrom(await issue({ subject: verificationCode, issuer: root }));
    authorities.verify('root', proof);
    expect(() => authorities.verify('root', proof)).toThrow('root is verified already');
  });

  test('by the certificate that `emu fleet export --prove-possession` makes', () => {
    const now = new Date(Date.UTC(2026, 4, 20));
    const names = { organization: 'fleet', rootCommonName: 'fleet root', signerCommonName: 'fleet signer' };
    const ca = createCa({ rng: rootRng('possession'), now, names });
    const { authorities } = new MemoryCloud().cloud.parts;
    const pem = (der: Uint8Array) => new X509Certificate(der).toString();
    const { verificationCode: code = '' } = authorities.upload('signer', pem(ca.signer.der), false);
    const proof = possessionCertificate({ issuer: ca.signer, code, rng: rootRng('proof'), now });
    expect(authorities.verify('signer', pem(proof))).toMatchObject({ verified: true });
  });

  test('but a leaf is no CA, and a name is taken once', async () => {
    const { authorities } = uploaded().cloud.parts;
    const device = await pemFrom(chain[0] as Issued);
    expect(() => authorities.upload('leaf', device, false)).toThrow('this is not the certificate of a CA');
    expect(() => authorities.upload('root', root.pem, false)).toThrow('there is a certificate root already');
    expect(() => authorities.upload('text', 'text', false)).toThrow('this is not a certificate in PEM');
  });

  test('and is not removed while a group uses it', () => {
    const { enrollments } = uploaded().cloud.parts;
    expect(enrollments.groupOf('root')).toMatchObject({ enrollmentGroupId: 'group' });
    expect(() => enrollments.putGroup({ ...POLICY, enrollmentGroupId: 'other', certificate: 'root' })).toThrow(
      'root is that of group group',
    );
    expect(() => enrollments.putGroup({ ...POLICY, enrollmentGroupId: 'other', certificate: 'none' })).toThrow(
      'there is no certificate none',
    );
  });
});

describe('a group', () => {
  test('whose CA is closer to the device comes before another', async () => {
    const cloud = new MemoryCloud({ hubs: ['near.test', 'far.test'] });
    const { authorities, enrollments } = cloud.cloud.parts;
    for (const [name, { pem }, hub] of [
      ['far', root, 'far.test'],
      ['near', signer, 'near.test'],
    ] as const) {
      authorities.upload(name, pem, true);
      enrollments.putGroup({ ...POLICY, enrollmentGroupId: name, certificate: name, iotHubs: [hub] });
    }
    const { body } = await registered(cloud, ID, chain);
    expect(body.registrationState).toMatchObject({ assignedHub: 'near.test', x509: { enrollmentGroupId: 'near' } });
    enrollments.removeGroup('near');
    const again = await registered(cloud, ID, chain);
    expect(again.body.registrationState).toMatchObject({ assignedHub: 'far.test', x509: { enrollmentGroupId: 'far' } });
  });

  test('that is disabled says so, without a hub', async () => {
    const cloud = new MemoryCloud();
    const { authorities, enrollments } = cloud.cloud.parts;
    authorities.upload('root', root.pem, true);
    enrollments.putGroup({ ...POLICY, enrollmentGroupId: 'g', certificate: 'root', provisioningStatus: 'disabled' });
    const { topic, body } = await registered(cloud, ID, chain);
    expect(topic).toBe('$dps/registrations/res/200/?$rid=1');
    expect(body).toEqual({
      operationId: expect.any(String),
      status: 'disabled',
      registrationState: { registrationId: ID, status: 'disabled' },
    });
    expect(cloud.cloud.parts.hubs[0]?.registry.size).toBe(0);
  });

  test('without one of its hubs fails with what Azure calls it', async () => {
    const cloud = new MemoryCloud();
    const { authorities, enrollments } = cloud.cloud.parts;
    authorities.upload('root', root.pem, true);
    enrollments.putGroup({ ...POLICY, enrollmentGroupId: 'g', certificate: 'root', iotHubs: ['gone.test'] });
    const { status, body } = await registered(cloud, ID, chain);
    expect([status, body.status]).toEqual([200, 'failed']);
    expect(body.registrationState).toMatchObject({ status: 'failed', errorCode: 400_208, registrationId: ID });
    expect(body.registrationState).not.toHaveProperty('assignedHub');
  });
});

describe('an individual enrollment', () => {
  let self: Issued;

  beforeAll(async () => {
    self = await leaf(ID);
  });

  test.each(['sha1', 'sha256'] as const)('lets a self-signed certificate in by its %s thumbprint', async (hash) => {
    const cloud = new MemoryCloud();
    const { enrollments } = cloud.cloud.parts;
    enrollments.putIndividual({ ...POLICY, registrationId: ID, thumbprints: [thumbprint(hash, self).toLowerCase()] });
    const { status, body } = await registered(cloud, ID, [self]);
    expect(status).toBe(200);
    expect(body.registrationState).toMatchObject({ assignedHub: HUB, deviceId: ID });
    expect(body.registrationState?.x509).not.toHaveProperty('enrollmentGroupId');
    expect((await registered(cloud, ID, [await leaf(ID)])).status).toBe(401);
  });

  test('ends with its certificate', async () => {
    const expired = await issue({ subject: ID, notAfter: '2026-05-20T11:59:59Z' });
    const cloud = new MemoryCloud();
    cloud.cloud.parts.enrollments.putIndividual({
      ...POLICY,
      registrationId: ID,
      thumbprints: [thumbprint('sha1', expired)],
    });
    expect((await registered(cloud, ID, [expired])).status).toBe(401);
  });

  test('has two certificates while one is replaced', async () => {
    const cloud = new MemoryCloud();
    const next = await leaf(ID);
    const thumbprints = [thumbprint('sha1', self), thumbprint('sha256', next)];
    cloud.cloud.parts.enrollments.putIndividual({ ...POLICY, registrationId: ID, thumbprints });
    expect((await registered(cloud, ID, [self])).status).toBe(200);
    expect((await registered(cloud, ID, [next])).status).toBe(200);
  });

  test('can call the device otherwise in its hub', async () => {
    const cloud = new MemoryCloud();
    const thumbprints = [thumbprint('sha1', self)];
    cloud.cloud.parts.enrollments.putIndividual({ ...POLICY, registrationId: ID, thumbprints, deviceId: 'pump' });
    const { body } = await registered(cloud, ID, [self]);
    expect(body.registrationState).toMatchObject({ registrationId: ID, deviceId: 'pump' });
    expect(cloud.cloud.parts.hubs[0]?.registry.list()).toMatchObject([{ deviceId: 'pump' }]);
  });

  test('comes before a group: it shuts out one device of the group, and only that', async () => {
    const cloud = new MemoryCloud();
    const { authorities, enrollments } = cloud.cloud.parts;
    authorities.upload('root', root.pem, true);
    enrollments.putGroup({ ...POLICY, enrollmentGroupId: 'g', certificate: 'root' });
    const thumbprints = [thumbprint('sha1', chain[0] as Issued)];
    enrollments.putIndividual({ ...POLICY, registrationId: ID, thumbprints, provisioningStatus: 'disabled' });
    expect((await registered(cloud, ID, chain)).body.status).toBe('disabled');
    // Another certificate of that id is not let in by the group either.
    expect((await registered(cloud, ID, [await leaf(ID, signer), signer])).status).toBe(401);
    expect((await registered(cloud, 'device-2', [await leaf('device-2', signer), signer])).status).toBe(200);
    enrollments.removeIndividual(ID.toUpperCase());
    expect((await registered(cloud, ID, chain)).body.status).toBe('assigned');
  });
});

describe('a device that registers again', () => {
  /** Assigned to a.test; its twin says 1. Then its enrollment names b.test. */
  async function moving(reprovisionPolicy: 'migrate' | 'reset' | 'never') {
    const cloud = new MemoryCloud({ hubs: ['a.test', 'b.test'] });
    const { authorities, enrollments, hubs, registrations } = cloud.cloud.parts;
    authorities.upload('root', root.pem, true);
    const group = { ...POLICY, reprovisionPolicy, enrollmentGroupId: 'g', certificate: 'root' };
    enrollments.putGroup({ ...group, iotHubs: ['a.test'] });
    const first = await registered(cloud, ID, chain);
    expect(first.body.registrationState).toMatchObject({ assignedHub: 'a.test', substatus: 'initialAssignment' });
    const [a, b] = hubs;
    await a?.patchTwin(ID, { desired: { said: 1 } });
    await cloud.clock.advance(60_000);
    const same = await registered(cloud, ID, chain);
    expect(same.body.registrationState).toMatchObject({ assignedHub: 'a.test', substatus: 'initialAssignment' });
    expect(same.body.registrationState?.createdDateTimeUtc).toBe(first.body.registrationState?.createdDateTimeUtc);
    enrollments.putGroup({ ...group, iotHubs: ['b.test'] });
    const { body } = await registered(cloud, ID, chain);
    expect(registrations.list()).toHaveLength(1);
    return { state: body.registrationState, a: a?.registry, b: b?.registry };
  }

  test('moves with its twin', async () => {
    const { state, a, b } = await moving('migrate');
    expect(state).toMatchObject({ assignedHub: 'b.test', deviceId: ID, substatus: 'deviceDataMigrated' });
    expect([a?.size, b?.size]).toEqual([0, 1]);
    expect(b?.twin(ID).desired).toEqual({ values: { said: 1 }, version: 2 });
  });

  test('moves without its twin', async () => {
    const { state, a, b } = await moving('reset');
    expect(state).toMatchObject({ assignedHub: 'b.test', substatus: 'deviceDataReset' });
    expect([a?.size, b?.size]).toEqual([0, 1]);
    expect(b?.twin(ID).desired).toEqual({ values: {}, version: 1 });
  });

  test('stays where it is', async () => {
    const { state, a, b } = await moving('never');
    expect(state).toMatchObject({ assignedHub: 'a.test', substatus: 'initialAssignment' });
    expect([a?.size, b?.size]).toEqual([1, 0]);
  });
});
