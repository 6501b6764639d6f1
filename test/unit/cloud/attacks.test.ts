import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseRequest } from '../../../src/cloud/dps/requests.ts';
import { parseDpsUsername } from '../../../src/cloud/dps/username.ts';
import { formatPropertyBag, parsePropertyBag } from '../../../src/cloud/hub/property-bag.ts';
import { parseTopic } from '../../../src/cloud/hub/topics.ts';
import { parseHubUsername } from '../../../src/cloud/hub/username.ts';
import type { Issued } from '../../support/chains.ts';
import { atDps, atHub, dpsUser, hubUser, leaf, register } from '../../support/cloud-device.ts';
import { authority, HUB, MemoryCloud, settled } from '../../support/memory-cloud.ts';

const ID = 'device-1';
const FILTERS = [`devices/${ID}/messages/devicebound/#`, '$iothub/twin/res/#', '$iothub/methods/POST/#'];

let root: Issued & { readonly pem: string };
let chain: readonly Issued[];

beforeAll(async () => {
  root = await authority('root');
  chain = [await leaf(ID, root)];
});

function enrolled(): MemoryCloud {
  const cloud = new MemoryCloud({ enrollmentCas: [{ certificatePem: root.pem, verified: true }] });
  const authentication = { type: 'certificateAuthority' } as const;
  cloud.cloud.parts.hubs[0]?.registry.create({ deviceId: ID, status: 'enabled', authentication });
  return cloud;
}

/** Texts that are nearly what they should be: pieces of it in any order, and pieces of nothing. */
const nearly = (...pieces: string[]) =>
  fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'binary', maxLength: 4 })),
      {
        maxLength: 12,
      },
    )
    .map((words) => words.join('').replaceAll('\0', ''));

const usernames = nearly('0ne00ABCDEF', HUB, '/', 'registrations', ID, '?', 'api-version', '=', '2019-03-31', '&', '%');
const topics = nearly('$dps/registrations/', 'PUT/iotdps-register/', 'GET/iotdps-get-operationstatus/', '?$rid=', '1');
const hubTopics = nearly(
  'devices/',
  ID,
  '/messages/events/',
  '$iothub/',
  'twin/GET/',
  'methods/res/',
  '200',
  '?$rid=1',
);

describe('what stands between slashes', () => {
  test('of any user name is what stands there, and nothing else is let in', async () => {
    const reached = { dps: 0, hub: 0, in: 0 };
    await fc.assert(
      fc.asyncProperty(usernames, async (username) => {
        const dps = parseDpsUsername(username);
        const hub = parseHubUsername(username);
        if (dps !== undefined) {
          reached.dps++;
          expect(username.startsWith(`${dps.idScope}/registrations/${dps.registrationId}/`)).toBe(true);
          expect(dps.registrationId).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
        }
        if (hub !== undefined) {
          reached.hub++;
          expect(username.startsWith(`${hub.hub}/${hub.deviceId}/`)).toBe(true);
        }
        const cloud = enrolled();
        const [atDps, atHub] = [cloud.dps(chain), cloud.hub(chain)];
        const codes = [
          await atDps.connect({ clientId: ID, username }),
          await atHub.connect({ clientId: ID, username }),
        ];
        if (codes[0] === 0) expect(dps?.registrationId).toBe(ID);
        if (codes[1] === 0) expect([hub?.hub, hub?.deviceId]).toEqual([HUB, ID]);
        if (codes.includes(0)) reached.in++;
      }),
      {
        numRuns: 400,
        examples: [[dpsUser(ID)], [hubUser(ID)], [`a/${ID}/?api-version=1`], [`a/registrations/b/api-version=2`]],
      },
    );
    for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(0);
  });

  test('of any topic never hurts the DPS, and what it answers has the id of the request', async () => {
    const cloud = enrolled();
    const reached = { answered: 0, dropped: 0 };
    await fc.assert(
      fc.asyncProperty(topics, fc.string(), async (topic, payload) => {
        const asked = parseRequest(topic);
        const client = await atDps(cloud, ID, chain);
        if (topic === '') return client.vanish();
        client.publish(topic, payload);
        const answer = await client.message();
        if (asked === undefined) {
          reached.dropped++;
          expect(answer).toBeUndefined();
        } else {
          reached.answered++;
          expect(answer?.topic).toMatch(/^\$dps\/registrations\/res\/\d{3}\/\?\$rid=/);
          expect(answer?.topic.split('?$rid=').slice(1).join('?$rid=').startsWith(asked.rid)).toBe(true);
        }
        client.vanish();
      }),
      {
        numRuns: 400,
        examples: [
          ['$dps/registrations/PUT/iotdps-register/?$rid=', ''],
          ['$dps/registrations/PUT/iotdps-register/?$rid=1&$rid=2', ''],
        ],
      },
    );
    for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(0);
  });

  test('of any topic never hurts a hub', async () => {
    const cloud = enrolled();
    const reached = { event: 0, twin: 0, method: 0, dropped: 0 };
    await fc.assert(
      fc.asyncProperty(hubTopics, fc.constantFrom(0, 1) as fc.Arbitrary<0 | 1>, async (topic, qos) => {
        const client = await atHub(cloud, ID, chain, { filters: FILTERS });
        if (topic === '') return client.vanish();
        client.publish(topic, '{"a":1}', qos);
        client.send({ cmd: 'pingreq' });
        await settled();
        const kind = kindOf(topic);
        reached[kind]++;
        expect(client.closed, topic).toBe(kind === 'dropped');
        client.vanish();
      }),
      {
        numRuns: 400,
        examples: [
          [`devices/${ID}/messages/events/`, 0],
          ['$iothub/twin/GET/?$rid=1', 1],
          ['$iothub/methods/res/200/?$rid=1', 0],
          ['$iothub/methods/res/99999999999999999999/?$rid=1', 0],
        ],
      },
    );
    for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(0);
  });
});

function kindOf(topic: string): 'event' | 'twin' | 'method' | 'dropped' {
  try {
    const kind = parseTopic(topic, ID)?.kind;
    if (kind === undefined) return 'dropped';
    return kind === 'reported' ? 'twin' : kind;
  } catch {
    return 'dropped';
  }
}

test('a property bag is read back as it was written', () => {
  const bags = fc.dictionary(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.option(fc.string({ unit: 'grapheme' })),
    {
      noNullPrototype: true,
    },
  );
  fc.assert(
    fc.property(bags, (bag) => {
      expect(Object.entries(parsePropertyBag(formatPropertyBag(bag)))).toEqual(Object.entries(bag));
    }),
  );
});

describe('a CONNECT', () => {
  test('with five long fields is refused', async () => {
    const client = enrolled().hub(chain);
    const long = 'x'.repeat(60_000);
    const will = { topic: long, payload: Buffer.alloc(60_000), qos: 1, retain: false } as const;
    client.send(
      generate({
        cmd: 'connect',
        clientId: long,
        username: long,
        password: Buffer.from(long),
        keepalive: 65_535,
        will,
      }),
    );
    expect(await client.next()).toMatchObject({ cmd: 'connack', returnCode: 4 });
  });

  test('whose user name is no UTF-8 is refused', async () => {
    const packet = Buffer.from(
      generate({ cmd: 'connect', clientId: ID, username: hubUser(ID), keepalive: 60, clean: true }),
    );
    packet[packet.length - 1] = 0xff;
    packet[packet.length - 20] = 0xc0;
    const client = enrolled().hub(chain);
    client.send(packet);
    expect(await client.next()).toMatchObject({ cmd: 'connack' });
    expect(await client.next()).toBeUndefined();
  });
});

describe('a certificate', () => {
  test.each(['', '/', 'a,b', '=CN=x', `${ID}\\nCN=other`, 'ü'])('named %j is somebody, or nobody', async (name) => {
    const own = await leaf(name, root);
    const client = await atDps(enrolled(), ID, [own]);
    expect((await register(client)).status).toBe(401);
    expect(new X509Certificate(own.der).publicKey.type).toBe('public');
  });

  test('with more CAs behind it than lead anywhere is no more than its own', async () => {
    const others = await Promise.all(Array.from({ length: 12 }, (_, index) => authority(`other ${index}`)));
    const client = await atDps(enrolled(), ID, [chain[0] as Issued, ...others]);
    expect((await register(client)).status).toBe(202);
    const stranger = await atDps(enrolled(), ID, [await leaf(ID, others[0]), ...others]);
    expect((await register(stranger)).status).toBe(401);
  });
});
