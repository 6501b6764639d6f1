import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../../src/cloud/api/index.ts';
import type { Hub } from '../../../src/cloud/hub/index.ts';
import type { Keeper } from '../../../src/cloud/state/index.ts';
import { PersistentCloud } from '../../../src/store/index.ts';
import type { Issued } from '../../support/chains.ts';
import { atDps, atHub, leaf } from '../../support/cloud-device.ts';
import { program } from '../../support/emu.ts';
import { authority, MemoryCloud, settled } from '../../support/memory-cloud.ts';

const ID = 'device-1';

let root: Issued & { readonly pem: string };
let chain: readonly Issued[];

beforeAll(async () => {
  root = await authority('root');
  chain = [await leaf(ID, root)];
});

/** A disk that is as slow as the test wants. */
class SlowKeeper implements Keeper {
  readonly entries = new Map<string, string>();
  readonly failed = new Promise<never>(() => {});
  readonly #written: (() => void)[] = [];
  #lasting = Promise.resolve();

  put(): void {
    const write = new Promise<void>((resolve) => this.#written.push(resolve));
    this.#lasting = Promise.all([this.#lasting, write]).then(() => {});
  }

  remove(): void {
    this.put();
  }

  lasting(): Promise<void> {
    return this.#lasting;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** All that is under way is written. Returns how much that was. */
  write(): number {
    const writes = this.#written.splice(0);
    for (const done of writes) done();
    return writes.length;
  }
}

/** A cloud with a device in its hub, on a slow disk that has all until now. */
async function slowCloud() {
  const keeper = new SlowKeeper();
  const cloud = new MemoryCloud({ enrollmentCas: [{ certificatePem: root.pem, verified: true }] }, keeper);
  const hub = cloud.cloud.parts.hubs[0] as Hub;
  hub.registry.create({ deviceId: ID, status: 'enabled', authentication: { type: 'certificateAuthority' } });
  keeper.write();
  await settled();
  return { cloud, keeper, hub };
}

describe('nothing is answered before it is on the disk:', () => {
  test('a registration', async () => {
    const { cloud, keeper } = await slowCloud();
    const client = await atDps(cloud, 'new', [await leaf('new', root)]);
    client.publish('$dps/registrations/PUT/iotdps-register/?$rid=1', '', 1);
    await settled();
    expect(client.packets).toEqual([]);
    // The device in its hub, and the registration.
    expect(keeper.write()).toBe(2);
    expect(await client.next()).toMatchObject({ cmd: 'puback' });
    expect((await client.message())?.topic).toContain('/res/202/');
  });

  test('a version of reported properties', async () => {
    const { cloud, keeper } = await slowCloud();
    const client = await atHub(cloud, ID, chain, { filters: ['$iothub/twin/res/#'] });
    client.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', '{"a":1}', 1);
    await settled();
    expect(client.packets).toEqual([]);
    expect(keeper.write()).toBe(1);
    expect(await client.next()).toMatchObject({ cmd: 'puback' });
    expect((await client.message())?.topic).toBe('$iothub/twin/res/204/?$rid=1&$version=2');
  });

  test('a version of desired properties, to the device and to the portal', async () => {
    const { cloud, keeper, hub } = await slowCloud();
    const client = await atHub(cloud, ID, chain, { filters: ['$iothub/twin/PATCH/properties/desired/#'] });
    let answered = false;
    const patch = hub.patchTwin(ID, { desired: { a: 1 } }).then(() => {
      answered = true;
    });
    await settled();
    expect([answered, client.packets]).toEqual([false, []]);
    keeper.write();
    await patch;
    expect((await client.message())?.topic).toContain('?$version=2');
  });

  test('a message to a device', async () => {
    const { cloud, keeper, hub } = await slowCloud();
    const client = await atHub(cloud, ID, chain, { filters: [`devices/${ID}/messages/devicebound/#`] });
    await settled();
    const sent = hub.send(ID, { properties: {}, payload: Buffer.from('x') });
    await settled();
    expect(client.packets).toEqual([]);
    keeper.write();
    await sent;
    expect((await client.message())?.text).toBe('x');
  });

  test('any call of the API', async () => {
    const { cloud, keeper } = await slowCloud();
    const server = createApi(cloud.cloud.parts, 'token').listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    let answered = false;
    const call = fetch(`http://127.0.0.1:${port}/enrollments/a`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token' },
      body: JSON.stringify({ thumbprints: ['0'.repeat(40)] }),
    }).then(({ status }) => {
      answered = true;
      return status;
    });
    while (cloud.cloud.parts.enrollments.individuals().length === 0) await settled();
    await settled();
    expect(answered).toBe(false);
    expect(keeper.write()).toBe(1);
    expect(await call).toBe(200);
  });
});

describe('a disk that takes nothing more', () => {
  test('is told to who waits', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'emu-cloud-full-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const cloud = await PersistentCloud.open(join(directory, 'state'));
    // No key of LMDB's is that long.
    cloud.put('k'.repeat(5000), 'x');
    const failed = { code: 'EMU_E_STORE_WRITE' };
    await expect(cloud.lasting()).rejects.toMatchObject(failed);
    await expect(cloud.failed).rejects.toMatchObject(failed);
    await cloud.close();
  });

  test('ends the cloud, which knows afterwards all that it answered', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'emu-cloud-full-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const state = join(directory, 'state');
    const full = await startedWith('ulimit -f 160;', state);
    const answered: string[] = [];
    for (let count = 0; count < 5000; count++) {
      const status = await enroll(full.api, state, `device-${count}`).catch(() => undefined);
      if (status !== 200) break;
      answered.push(`device-${count}`);
    }
    const [code] = await once(full.child, 'close');
    expect(await full.stderr).toMatch(
      /^emu: the embedded cloud died: EmuError: cannot write \S+cloud\.mdb: .*\n +EMU_E_CLOUD\n$/s,
    );
    expect([code, answered.length > 10]).toEqual([1, true]);

    const again = await startedWith('', state);
    const there = await listed(again.api, state);
    again.child.kill('SIGINT');
    await once(again.child, 'close');
    expect(answered.filter((id) => !there.includes(id))).toEqual([]);
  });
});

interface Started {
  readonly child: ChildProcess;
  readonly api: string;
  readonly stderr: Promise<string>;
}

/** `emu cloud` as a process of its own, behind what a shell does first. */
async function startedWith(limit: string, state: string): Promise<Started> {
  const line = `${limit} exec "$@"`;
  const words = [process.execPath, program, 'cloud', '--json', '--state', state];
  const child = spawn('bash', ['-c', line, 'bash', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const stderr = text(child.stderr);
  const [said] = await once(createInterface(child.stdout), 'line');
  return { child, api: JSON.parse(said).api, stderr };
}

function headersOf(state: string) {
  return { authorization: `Bearer ${readFileSync(join(state, 'token'), 'utf8').trim()}` };
}

async function enroll(api: string, state: string, id: string): Promise<number> {
  const body = JSON.stringify({ thumbprints: ['0'.repeat(64), '1'.repeat(64)] });
  const { status } = await fetch(`${api}/enrollments/${id}`, { method: 'PUT', headers: headersOf(state), body });
  return status;
}

async function listed(api: string, state: string): Promise<string[]> {
  const response = await fetch(`${api}/enrollments`, { headers: headersOf(state) });
  const all = (await response.json()) as { registrationId: string }[];
  return all.map(({ registrationId }) => registrationId);
}
