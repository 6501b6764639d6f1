import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type MqttClient, connect as mqttConnect } from 'mqtt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { cloudServer, type RunningCloud, startCloud } from '../../src/cloud/index.ts';
import type { Identity } from '../support/certificates.ts';
import { type Issued, issue, pemOf } from '../support/chains.ts';
import { authority } from '../support/memory-cloud.ts';
import { repetitions } from '../support/size.ts';

const KILLS = repetitions(3, 50);
const SEED = 'kill moments of the cloud';
const HUBS = ['hub-1.azure-devices.test', 'hub-2.azure-devices.test'];
const DEVICES = 6;
/** From the first answer to the kill at most. */
const LOAD_MS = 400;

let scratch: string;
let root: Issued & { readonly pem: string };
let devices: (Identity & { readonly id: string })[];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-cloud-kill-'));
  root = await authority('root');
  const made = Array.from({ length: DEVICES }, async (_, index) => {
    const id = `device-${index}`;
    return { id, ...(await pemOf(await issue({ subject: id, issuer: root }))) };
  });
  devices = await Promise.all(made);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the cloud has answered, and so may not forget. */
interface Answered {
  readonly enrollments: Set<string>;
  /** The hub of each device that was told one. */
  readonly assigned: Map<string, string>;
  /** The highest version of reported and desired properties that was answered. */
  readonly versions: Map<string, { desired: number; reported: number }>;
  /** Ids of the messages that wait. */
  readonly messages: Set<string>;
  /** How often each kind of answer came at all. */
  readonly times: { assigned: number; patched: number; sent: number };
}

async function start(stateDirectory: string): Promise<RunningCloud & { readonly caPem: string }> {
  const names = { hubs: HUBS, hosts: [], organization: 'Test', now: new Date(), rng: rootRng('servers') };
  const server = cloudServer({ ...names, stateDirectory });
  const cloud = await startCloud({
    ...{ idScope: '0ne00000000', hubs: HUBS, hosts: [], allocation: 'lowest-load', server, stateDirectory },
    enrollmentCas: [{ certificatePem: root.pem, verified: true }],
    api: true,
  });
  return { ...cloud, caPem: server.caPem };
}

async function api(cloud: RunningCloud, method: string, path: string, body?: object): Promise<Record<string, never>> {
  const headers = { authorization: `Bearer ${cloud.api?.token}` };
  const request = httpRequest({ host: '127.0.0.1', port: cloud.api?.port, method, path, headers });
  request.end(body && JSON.stringify(body));
  const [response] = await once(request, 'response');
  const answer = await text(response);
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${answer}`);
  return answer === '' ? {} : JSON.parse(answer);
}

/** One device registers over and over, and patches its twin in its hub. Ends when the cloud does. */
async function deviceLoad(cloud: Awaited<ReturnType<typeof start>>, index: number, answered: Answered): Promise<void> {
  const { id, certificate, key } = devices[index] as (typeof devices)[number];
  const tls = { host: '127.0.0.1', ca: cloud.caPem, cert: certificate, key, servername: 'localhost' };
  const connect = async (port: number, username: string) => {
    const options = { protocol: 'mqtts', ...tls, port, clientId: id, username, reconnectPeriod: 0 };
    const client = new Asking(mqttConnect(options as never));
    await client.connected();
    return client;
  };
  for (;;) {
    const dps = await connect(cloud.dpsPort, `0ne00000000/registrations/${id}/api-version=2019-03-31`);
    await dps.subscribe('$dps/registrations/res/#');
    const { operationId } = JSON.parse((await dps.ask('$dps/registrations/PUT/iotdps-register/?$rid=1')).body);
    const poll = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`;
    const { registrationState } = JSON.parse((await dps.ask(poll)).body);
    answered.assigned.set(id, registrationState.assignedHub);
    answered.times.assigned++;
    dps.end();

    const hub = await connect(cloud.hubPort, `${registrationState.assignedHub}/${id}/?api-version=2021-04-12`);
    await hub.subscribe('$iothub/twin/res/#');
    for (let patches = 0; patches < 3; patches++) {
      const report = '$iothub/twin/PATCH/properties/reported/?$rid=1';
      const { topic } = await hub.ask(report, JSON.stringify({ patches }));
      const [, version] = /\$version=(\d+)$/.exec(topic) ?? [];
      versionsOf(answered, id).reported = Number(version);
      answered.times.patched++;
    }
    hub.end();
  }
}

/** A client that asks one thing after the other, and fails when the server is gone. */
class Asking {
  readonly #client: MqttClient;
  readonly #gone: Promise<never>;

  constructor(client: MqttClient) {
    this.#client = client;
    this.#gone = new Promise((_, reject) => client.once('close', () => reject(new Error('closed'))));
    this.#gone.catch(() => {});
    client.on('error', () => {});
  }

  connected(): Promise<unknown> {
    return Promise.race([new Promise((resolve) => this.#client.once('connect', resolve)), this.#gone]);
  }

  subscribe(filter: string): Promise<unknown> {
    return Promise.race([this.#client.subscribeAsync(filter, { qos: 1 }), this.#gone]);
  }

  ask(topic: string, payload = ''): Promise<{ topic: string; body: string }> {
    const answer = new Promise<{ topic: string; body: string }>((resolve) => {
      this.#client.once('message', (topic, body) => resolve({ topic, body: String(body) }));
    });
    this.#client.publish(topic, payload, { qos: 1 });
    return Promise.race([answer, this.#gone]);
  }

  end(): void {
    this.#client.end(true);
  }
}

/** A portal enrolls devices, patches twins and sends messages. Ends when the cloud does. */
async function portalLoad(cloud: RunningCloud, life: number, answered: Answered): Promise<void> {
  for (let count = 0; ; count++) {
    const enrollment = `enrolled-${life}-${count}`;
    await api(cloud, 'PUT', `/enrollments/${enrollment}`, { thumbprints: ['0'.repeat(40)] });
    answered.enrollments.add(enrollment);
    for (const [id, hub] of answered.assigned) {
      const path = `/hubs/${hub}/devices/${id}`;
      const twin: { properties: { desired: { $version: number } } } = (await api(cloud, 'PATCH', `${path}/twin`, {
        properties: { desired: { count } },
      })) as never;
      versionsOf(answered, id).desired = twin.properties.desired.$version;
      if (count > 2) continue;
      const { messageId } = await api(cloud, 'POST', `${path}/messages`, { body: `${life} ${count}` });
      answered.messages.add(messageId as unknown as string);
      answered.times.sent++;
    }
  }
}

function versionsOf({ versions }: Answered, id: string) {
  const own = versions.get(id) ?? { desired: 1, reported: 1 };
  versions.set(id, own);
  return own;
}

/** All that was answered is there, and nothing twice. */
async function requireKept(cloud: RunningCloud, answered: Answered): Promise<void> {
  const enrollments = (await api(cloud, 'GET', '/enrollments')) as unknown as { registrationId: string }[];
  const ids = new Set(enrollments.map(({ registrationId }) => registrationId));
  expect([...answered.enrollments].filter((each) => !ids.has(each))).toEqual([]);

  const lists = await Promise.all(HUBS.map((hub) => api(cloud, 'GET', `/hubs/${hub}/devices`)));
  const known = (lists as unknown as { deviceId: string; hub: string }[][]).flat();
  expect(new Set(known.map(({ deviceId }) => deviceId)).size).toBe(known.length);
  for (const [id, hub] of answered.assigned) {
    expect(known.filter(({ deviceId }) => deviceId === id)).toMatchObject([{ hub }]);
    const path = `/hubs/${hub}/devices/${id}`;
    const { properties } = (await api(cloud, 'GET', `${path}/twin`)) as unknown as {
      properties: Record<'desired' | 'reported', { $version: number }>;
    };
    const versions = versionsOf(answered, id);
    expect(properties.desired.$version).toBeGreaterThanOrEqual(versions.desired);
    expect(properties.reported.$version).toBeGreaterThanOrEqual(versions.reported);
    Object.assign(versions, { desired: properties.desired.$version, reported: properties.reported.$version });
  }
  const queues = known.map(({ hub, deviceId }) => api(cloud, 'GET', `/hubs/${hub}/devices/${deviceId}/messages`));
  const waiting = new Set(((await Promise.all(queues)) as unknown as { messageId: string }[][]).flat().map(idOf));
  expect([...answered.messages].filter((each) => !waiting.has(each))).toEqual([]);
}

const idOf = ({ messageId }: { messageId: string }) => messageId;

test(`a cloud that is killed keeps all that it answered, ${KILLS} times`, async () => {
  const directory = join(scratch, 'state');
  const answered: Answered = {
    enrollments: new Set(),
    assigned: new Map(),
    versions: new Map(),
    messages: new Set(),
    times: { assigned: 0, patched: 0, sent: 0 },
  };
  const moments = rootRng(SEED);
  for (let life = 0; life < KILLS; life++) {
    const cloud = await start(directory);
    await requireKept(cloud, answered);
    const loads = [...devices.keys()].map((index) => deviceLoad(cloud, index, answered));
    const all = Promise.allSettled([...loads, portalLoad(cloud, life, answered)]);
    const before = answered.enrollments.size;
    await vi.waitFor(() => expect(answered.enrollments.size).toBeGreaterThan(before), { timeout: 60_000, interval: 5 });
    await new Promise((resolve) => setTimeout(resolve, moments.fraction() * LOAD_MS));
    process.kill(cloud.pid as number, 'SIGKILL');
    await cloud.died;
    await all;
    // Messages may be 50 for each device.
    if (life % 5 === 4) await takeMessages(directory, answered);
  }
  const cloud = await start(directory);
  await requireKept(cloud, answered);
  await cloud.stop();
  for (const [what, times] of Object.entries(answered.times)) expect(times, what).toBeGreaterThan(0);
});

/** Removes every device's messages by removing the device: it registers again. */
async function takeMessages(directory: string, answered: Answered): Promise<void> {
  const cloud = await start(directory);
  await requireKept(cloud, answered);
  for (const [id, hub] of answered.assigned) {
    await api(cloud, 'DELETE', `/hubs/${hub}/devices/${id}`);
    await api(cloud, 'DELETE', `/registrations/${id}`);
  }
  for (const all of [answered.assigned, answered.versions, answered.messages]) all.clear();
  await cloud.stop();
}
