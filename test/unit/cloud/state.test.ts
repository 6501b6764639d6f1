import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rootRng } from '../../../emulator/rng/index.ts';
import { cloudServer } from '../../../src/cloud/index.ts';
import { PersistentCloud } from '../../../src/store/index.ts';
import type { Issued } from '../../support/chains.ts';
import { atDps, atHub, hubUser, leaf, poll, register, registered } from '../../support/cloud-device.ts';
import { authority, HUB, MemoryCloud } from '../../support/memory-cloud.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';

const ID = 'device-1';
const CA = { type: 'certificateAuthority' } as const;

let root: Issued & { readonly pem: string };
let chain: readonly Issued[];
let scratch: string;
let directory: string;

beforeAll(async () => {
  root = await authority('root');
  chain = [await leaf(ID, root)];
});

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-cloud-state-'));
  directory = join(scratch, 'cloud');
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Uses a cloud whose state is in `directory`, from its beginning to its end. */
async function using<T>(
  use: (cloud: MemoryCloud) => Promise<T>,
  plan: ConstructorParameters<typeof MemoryCloud>[0] = {},
) {
  const keeper = await PersistentCloud.open(directory);
  try {
    return await use(new MemoryCloud({ hubs: [HUB, 'hub-2.test'], ...plan }, keeper));
  } finally {
    await keeper.close();
  }
}

const enrolled = { enrollmentCas: [{ certificatePem: '', verified: true }] };
beforeAll(() => {
  enrolled.enrollmentCas = [{ certificatePem: root.pem, verified: true }];
});

describe('a cloud that begins again knows', () => {
  test('its CAs, enrollments and what a portal made of them', async () => {
    const before = await using(async ({ cloud: { parts } }) => {
      const { authorities, enrollments } = parts;
      const name = authorities.list()[0]?.name as string;
      const group = { enrollmentGroupId: name, certificate: name, reprovisionPolicy: 'never' } as const;
      enrollments.putGroup({ ...group, provisioningStatus: 'disabled', iotHubs: ['hub-2.test'] });
      const policy = { provisioningStatus: 'enabled', reprovisionPolicy: 'migrate' } as const;
      enrollments.putIndividual({ ...policy, registrationId: ID, thumbprints: ['0'.repeat(40)] });
      authorities.upload('unproved', (await authority('other')).pem, false);
      return [authorities.list(), enrollments.groups(), enrollments.individuals()];
    }, enrolled);
    const after = await using(
      async ({ cloud: { parts } }) => [
        parts.authorities.list(),
        parts.enrollments.groups(),
        parts.enrollments.individuals(),
      ],
      enrolled,
    );
    expect(after).toEqual(before);
    expect(after.map((list) => list.length)).toEqual([2, 1, 1]);
  });

  test('its devices, which go straight to their hub, and their twins', async () => {
    await using(async (cloud) => {
      await registered(cloud, ID, chain);
      const [hub] = cloud.cloud.parts.hubs.filter(({ registry }) => registry.size > 0);
      await hub?.patchTwin(ID, { desired: { a: { b: 1 } }, tags: { t: [1] } });
      await hub?.patchReported(ID, Buffer.from('{"__proto__":{"x":1},"r":2}'));
    }, enrolled);
    await using(async (cloud) => {
      const [hub] = cloud.cloud.parts.hubs.filter(({ registry }) => registry.size > 0);
      const client = cloud.hub(chain);
      expect(await client.connect({ clientId: ID, username: hubUser(ID, hub?.name) })).toBe(0);
      const twin = hub?.registry.twin(ID);
      expect(twin).toMatchObject({ tags: { t: [1] }, desired: { values: { a: { b: 1 } }, version: 2 } });
      expect(JSON.stringify(twin?.reported)).toBe('{"values":{"__proto__":{"x":1},"r":2},"version":2}');
      // The same hub again, whatever the load is now.
      const again = await registered(cloud, ID, chain);
      expect(again.body.registrationState).toMatchObject({ assignedHub: hub?.name, substatus: 'initialAssignment' });
    }, enrolled);
  });

  test('a registration that was under way', async () => {
    const limits = { assignDelayMs: 5000 };
    const began = await using(async (cloud) => register(await atDps(cloud, ID, chain)), { ...enrolled, limits });
    await using(
      async (cloud) => {
        const client = await atDps(cloud, ID, chain);
        expect((await poll(client, began.body.operationId)).body.status).toBe('assigning');
        await cloud.clock.advance(5000);
        expect((await poll(client, began.body.operationId)).body.status).toBe('assigned');
      },
      { ...enrolled, limits },
    );
  });

  test('the messages that wait, in their order, and not those that came', async () => {
    const filters = [`devices/${ID}/messages/devicebound/#`];
    const send = async (cloud: MemoryCloud, text: string) => {
      await cloud.cloud.parts.hubs[0]?.send(ID, { properties: { text }, payload: Buffer.from(text) });
    };
    await using(async (cloud) => {
      cloud.cloud.parts.hubs[0]?.registry.create({ deviceId: ID, status: 'enabled', authentication: CA });
      // Ten and more, so that numbers are in order and not only texts.
      for (let count = 0; count < 12; count++) await send(cloud, String(count));
      const client = await atHub(cloud, ID, chain, { filters });
      for (let count = 0; count < 3; count++) expect((await client.message())?.text).toBe(String(count));
      await cloud.clock.advance(0);
    }, enrolled);
    await using(async (cloud) => {
      await send(cloud, 'last');
      const client = await atHub(cloud, ID, chain, { filters });
      const texts: (string | undefined)[] = [];
      for (let count = 0; count < 10; count++) texts.push((await client.message())?.text);
      expect(texts).toEqual(['3', '4', '5', '6', '7', '8', '9', '10', '11', 'last']);
    }, enrolled);
  });

  test('that a device is gone', async () => {
    await using(async (cloud) => {
      await registered(cloud, ID, chain);
      for (const { registry } of cloud.cloud.parts.hubs) registry.remove(ID);
    }, enrolled);
    await using(async ({ cloud: { parts } }) => {
      expect(parts.hubs.map(({ registry }) => registry.size)).toEqual([0, 0]);
    }, enrolled);
  });
});

describe('the directory of a state', () => {
  const refused = async (code: string) => {
    const error = await PersistentCloud.open(directory).then(
      (cloud) => cloud.close(),
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code });
    return error as Error & { readonly hint: string };
  };

  test('is one cloud at a time', async () => {
    const first = await PersistentCloud.open(directory);
    const { message, hint } = await refused('EMU_E_FLEET_LOCKED');
    expect(message).toBe(`the devices of the cloud in ${directory} are in use by a cloud (process ${process.pid})`);
    expect(hint).toContain('name another --state');
    await first.close();
    await (await PersistentCloud.open(directory)).close();
  });

  test('is for its owner alone', async () => {
    await using(async () => {});
    cloudServer({ ...SERVER, stateDirectory: directory });
    const modes = ['cloud.mdb', 'servers.yaml', 'locks'].map((name) => statSync(join(directory, name)).mode & 0o077);
    expect(modes).toEqual([0, 0, 0]);
  });

  test('is not taken from others', async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    expect((await refused('EMU_E_CLOUD_STATE')).message).toContain('has other contents than the state of a cloud');
    expect(() => cloudServer({ ...SERVER, stateDirectory: directory })).toThrow('has other contents');
    rmSync(directory, { recursive: true });
    await makeFleet(directory, 1);
    expect((await refused('EMU_E_CLOUD_STATE')).message).toContain('has other contents than the state of a cloud');
  });

  test('is not made where nothing can be', async () => {
    writeFileSync(directory, '');
    expect((await refused('EMU_E_CLOUD_STATE')).message).toContain('cannot store the state of a cloud');
  });

  test('says what is wrong with cloud.yaml', async () => {
    await using(async () => {});
    const file = join(directory, 'cloud.yaml');
    const text = readFileSync(file, 'utf8');
    const bare = text.replace(/^# checksum.*\n/, '');
    for (const [wrong, words] of [
      [text.replace('format: 1', 'format: 7'), 'its checksum is that of another text'],
      [bare.replace('format: 1', 'format: 7'), 'it has format 7, and this emu knows format 1'],
      [bare.replace(/id: .*/, 'id: me'), 'id: '],
      ['a: [', 'does not describe the state of a cloud'],
      [bare.replace(/id: .*/, 'id: 7b0d7a8e-3f5a-4ad5-9a55-0a4b7f3f4f11'), 'belongs to another cloud'],
    ] as const) {
      writeFileSync(file, wrong);
      expect((await refused('EMU_E_CLOUD_STATE')).message, words).toContain(words);
    }
    writeFileSync(file, text);
    await (await PersistentCloud.open(directory)).close();
  });

  test.each<[string, (store: Buffer) => Buffer]>([
    ['is truncated', (store) => store.subarray(0, store.length / 2)],
    ['is no database', (store) => Buffer.from(store.map((byte) => byte ^ 0xff))],
    ['is empty', () => Buffer.alloc(0)],
    ['has a record with a flipped bit', (store) => flippedIn(store, 'hub-2.test')],
  ])('says that its store %s', async (_, change) => {
    await using(async (cloud) => {
      await registered(cloud, ID, chain);
      await registered(cloud, 'two', [await leaf('two', root)]);
      const authentication = { type: 'selfSigned', thumbprints: ['0'.repeat(40)] } as const;
      cloud.cloud.parts.hubs[1]?.registry.create({ deviceId: 'three', status: 'enabled', authentication });
      await cloud.cloud.parts.state.lasting();
    }, enrolled);
    const file = join(directory, 'cloud.mdb');
    const sound = readFileSync(file);
    writeFileSync(file, change(sound));
    const { message } = await refused('EMU_E_FLEET_DAMAGED');
    expect(message).toMatch(/cloud\.mdb: .*(store of (a|the) cloud|record "device)/);
    writeFileSync(file, sound);
    await using(async ({ cloud: { parts } }) => expect(parts.registrations.list()).toHaveLength(2), enrolled);
  });

  test('that was begun and not finished is begun again', async () => {
    await using(async () => {});
    rmSync(join(directory, 'cloud.yaml'));
    await using(async (cloud) => expect((await registered(cloud, ID, chain)).status).toBe(200), enrolled);
  });

  test('can be copied', async () => {
    await using(async (cloud) => registered(cloud, ID, chain), enrolled);
    cpSync(directory, `${directory}-copy`, { recursive: true });
    directory = `${directory}-copy`;
    await using(async ({ cloud: { parts } }) => expect(parts.registrations.list()).toHaveLength(1), enrolled);
  });
});

const SERVER = {
  hubs: ['localhost:8884', HUB],
  hosts: [],
  organization: 'Test',
  now: new Date(),
  rng: rootRng('server'),
};

describe('the certificate of the servers', () => {
  test('is for all names of the cloud', async () => {
    const { X509Certificate } = await import('node:crypto');
    const server = cloudServer({ ...SERVER, hosts: ['dps.test', 'localhost'] });
    const x509 = new X509Certificate(server.certificatePem);
    for (const host of ['localhost', HUB, 'dps.test']) expect(x509.checkHost(host), host).toBe(host);
    expect(x509.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(x509.verify(new X509Certificate(server.caPem).publicKey)).toBe(true);
  });

  test('has the same CA as long as the state is kept, and a new date', () => {
    const first = cloudServer({ ...SERVER, stateDirectory: directory });
    const later = { ...SERVER, now: new Date(SERVER.now.getTime() + 5 * 86_400_000), rng: rootRng('later') };
    const second = cloudServer({ ...later, stateDirectory: directory });
    expect(second.caPem).toBe(first.caPem);
    expect(second.certificatePem).not.toBe(first.certificatePem);
    expect(cloudServer(later).caPem).not.toBe(first.caPem);
  });

  test('is refused when its CA is damaged', () => {
    cloudServer({ ...SERVER, stateDirectory: directory });
    const file = join(directory, 'servers.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('BEGIN PRIVATE', 'BEGIN PUBLIC'));
    expect(() => cloudServer({ ...SERVER, stateDirectory: directory })).toThrow('the CA of the servers cannot be read');
  });
});

/** One bit of the text flipped where it stands for the last time: in a record, and not on a page that is free. */
function flippedIn(store: Buffer, text: string): Buffer {
  const changed = Buffer.from(store);
  for (let at = changed.indexOf(text); at !== -1; at = changed.indexOf(text, at + 1)) {
    changed[at + text.length + 30] = (changed[at + text.length + 30] ?? 0) ^ 1;
  }
  return changed;
}
