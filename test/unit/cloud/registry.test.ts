import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Hub } from '../../../src/cloud/hub/index.ts';
import type { Issued } from '../../support/chains.ts';
import { hubUser, leaf, registered } from '../../support/cloud-device.ts';
import { authority, type MemoryClient, MemoryCloud, settled } from '../../support/memory-cloud.ts';

const HUBS = ['a.test', 'b.test'];
const IDS = ['device-0', 'device-1', 'device-2'];

/** What a portal and devices know of one device. */
interface Known {
  hub: string;
  status: 'enabled' | 'disabled';
  connected: boolean;
  reported: number;
}

let root: Issued & { readonly pem: string };
let chains: ReadonlyMap<string, readonly Issued[]>;

beforeAll(async () => {
  root = await authority('root');
  chains = new Map(await Promise.all(IDS.map(async (id) => [id, [await leaf(id, root)]] as const)));
});

const steps = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('register', 'connect', 'report') },
      { weight: 1, arbitrary: fc.constantFrom('vanish', 'remove', 'disable', 'enable', 'forget') },
    ),
    id: fc.constantFrom(...IDS),
  }),
  { minLength: 20, maxLength: 60 },
);

test('in any order of what portal and devices do, a hub knows what they know', async () => {
  const reached: Record<string, number> = {};
  const reach = (what: string) => {
    reached[what] = (reached[what] ?? 0) + 1;
  };
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const cloud = new MemoryCloud({
        hubs: HUBS,
        allocation: 'lowest-load',
        enrollmentCas: [{ certificatePem: root.pem, verified: true }],
      });
      const { hubs, registrations } = cloud.cloud.parts;
      const hubOf = (id: string) => hubs.find(({ name }) => name === model.get(id)?.hub) as Hub;
      const model = new Map<string, Known>();
      const clients = new Map<string, MemoryClient>();
      for (const { what, id } of all) {
        const known = model.get(id);
        const chain = chains.get(id) as readonly Issued[];
        switch (what) {
          case 'register': {
            const before = registrations.find(id)?.outcome;
            const loads = HUBS.map((name) => [...model.values()].filter(({ hub }) => hub === name).length);
            const { body } = await registered(cloud, id, chain);
            const assigned = String(body.registrationState?.assignedHub);
            // The last hub again, where one was told; else the one with fewer devices.
            const emptier = (loads[0] ?? 0) <= (loads[1] ?? 0) ? 'a.test' : 'b.test';
            const expected = before?.status === 'assigned' ? before.assignedHub : emptier;
            expect(assigned).toBe(expected);
            reach(known === undefined ? 'new' : 'again');
            if (known === undefined) model.set(id, { hub: assigned, status: 'enabled', connected: false, reported: 1 });
            break;
          }
          case 'connect': {
            const client = cloud.hub(chain);
            const code = await client.connect({ clientId: id, username: hubUser(id, known?.hub ?? 'a.test') });
            expect(code).toBe(known?.status === 'enabled' ? 0 : 5);
            reach(code === 0 ? (known?.connected ? 'replaced' : 'connected') : 'refused');
            if (code !== 0 || known === undefined) break;
            await settled();
            if (known.connected) expect(clients.get(id)?.closed).toBe(true);
            clients.set(id, client);
            known.connected = true;
            await client.subscribe('$iothub/twin/res/#');
            break;
          }
          case 'vanish':
            clients.get(id)?.vanish();
            if (known !== undefined) known.connected = false;
            break;
          case 'remove':
            if (known === undefined) break;
            hubOf(id).registry.remove(id);
            model.delete(id);
            reach('removed');
            break;
          case 'disable':
          case 'enable': {
            if (known === undefined) break;
            const status = what === 'enable' ? 'enabled' : 'disabled';
            hubOf(id).registry.update({ ...hubOf(id).registry.get(id), status });
            Object.assign(known, { status, connected: known.connected && status === 'enabled' });
            reach(what);
            break;
          }
          case 'report': {
            if (!known?.connected) break;
            clients.get(id)?.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', '{"a":1}');
            known.reported++;
            expect((await clients.get(id)?.message())?.topic).toBe(
              `$iothub/twin/res/204/?$rid=1&$version=${known.reported}`,
            );
            reach('reported');
            break;
          }
          case 'forget':
            if (registrations.find(id) !== undefined) registrations.remove(id);
            if (known === undefined) break;
            // A device that is registered in no hub, and known to one: the DPS may send it to the other.
            hubOf(id).registry.remove(id);
            model.delete(id);
            break;
        }
        await settled();
        for (const each of IDS) {
          const state = model.get(each);
          const places = hubs.filter(({ registry }) => registry.find(each) !== undefined).map(({ name }) => name);
          expect(places).toEqual(state === undefined ? [] : [state.hub]);
          if (state === undefined) continue;
          const { registry } = hubOf(each);
          expect(registry.get(each).status).toBe(state.status);
          expect(hubOf(each).isConnected(each)).toBe(state.connected);
          expect(clients.get(each)?.closed ?? true).toBe(!state.connected);
          expect(registry.twin(each).reported.version).toBe(state.reported);
        }
        expect(hubs.map(({ registry }) => registry.size)).toEqual(
          HUBS.map((name) => [...model.values()].filter(({ hub }) => hub === name).length),
        );
      }
    }),
    { numRuns: 60 },
  );
  const cases = ['new', 'again', 'connected', 'replaced', 'refused', 'removed', 'disable', 'enable', 'reported'];
  for (const what of cases) expect(reached[what] ?? 0, what).toBeGreaterThan(0);
});
