import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { slotOffset } from '../../emulator/atecc608/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../../src/base/index.ts';
import { assembleCloud } from '../../src/cloud/assemble.ts';
import { certificatesOf } from '../../src/cloud/certificates/index.ts';
import { serveMqtt } from '../../src/cloud/mqtt/index.ts';
import { State } from '../../src/cloud/state/index.ts';
import { certificatePem } from '../../src/factory/index.ts';
import { chipLines, consoleLines, expectSameBeginning, sensorLines } from '../support/firmware-comparison.ts';
import { firmwareFleet } from '../support/firmware-fleet.ts';
import type { Side, SideSetUp } from '../support/firmware-sides.ts';
import { requireProgram } from '../support/interop.ts';
import { type TappedServer, tappedServer } from '../support/tapped-server.ts';

const gcc = requireProgram('gcc', ['--version']);

const HUB = 'hub-1.azure-devices.test';
const HUB_PORT = 8883;
const PATIENCE = { timeout: 60_000, interval: 10 };
const TELEMETRY = Buffer.from('"Temparature"').toString('hex');

function comes(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => {
    if (!condition()) throw new Error('it did not come');
  }, PATIENCE);
}

/** The cloud and what was said to it. */
interface TappedCloud {
  readonly dps: TappedServer;
  readonly hub: TappedServer;
}

describe.skipIf(gcc === undefined)('the Azure firmware in C does what its twin does', () => {
  let fleet: Awaited<ReturnType<typeof firmwareFleet>>;
  const open: TappedServer[] = [];
  /** The answers name it. */
  const now = new Date();
  beforeAll(async () => {
    fleet = await firmwareFleet('azure-dps', ['localhost', HUB]);
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });

  /** A DPS and a hub that answer each device the same. */
  async function cloud(enrolled: boolean): Promise<TappedCloud> {
    const { ca, profile } = fleet;
    const certificate = certificatePem(ca.root.der);
    const { dps, hubs } = assembleCloud(
      {
        ...{ idScope: 'dps' in profile ? profile.dps.idScope : '', hubs: [HUB], allocation: 'hashed' },
        enrollmentCas: enrolled ? [{ certificatePem: certificate, verified: true }] : [],
      },
      new State(undefined),
      { clock: realClock, date: () => now, rng: rootRng('cloud') },
    );
    const listen = async (service: Parameters<typeof serveMqtt>[1]) => {
      const server = await tappedServer({
        ...fleet,
        serve: (stream, socket) => serveMqtt(stream, service, certificatesOf(socket), realClock),
      });
      open.push(server);
      return server;
    };
    return { dps: await listen(dps), hub: await listen(hubs) };
  }

  /** One of its own for each of the two. */
  const clouds = async (enrolled: boolean) => ({ twin: await cloud(enrolled), firmware: await cloud(enrolled) });

  /** Twin and firmware, each with its cloud. */
  async function both(
    made: Awaited<ReturnType<typeof clouds>>,
    device: SideSetUp['device'],
    until: (side: Side, cloud: TappedCloud) => unknown,
  ) {
    const run = async (which: keyof typeof made) => {
      const { dps, hub } = made[which];
      const setUp = fleet.setUp(dps.port);
      const way = { host: HUB, port: HUB_PORT, to: { host: '127.0.0.1', port: hub.port } };
      const side = { ...setUp, device, resolutions: [...(setUp.resolutions ?? []), way] };
      return fleet.one(which, side, async (running) => {
        await until(running, made[which]);
        return { dps: dps.connections.splice(0), hub: hub.connections.splice(0) };
      });
    };
    return { twin: await run('twin'), firmware: await run('firmware') };
  }

  const published =
    (periods: number) =>
    (_: Side, { hub }: TappedCloud) =>
      comes(
        () => (hub.connections.at(-1)?.sent ?? []).filter((packet) => packet.includes(TELEMETRY)).length >= periods,
      );

  type Both = Awaited<ReturnType<typeof both>>;

  function expectTheSame({ twin, firmware }: Both): void {
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
    expect(firmware.result.dps).toEqual(twin.result.dps);
    expect(firmware.result.hub).toHaveLength(twin.result.hub.length);
    for (const [index, { sent, received, client }] of firmware.result.hub.entries()) {
      expect(client).toBe(twin.result.hub[index]?.client);
      expectSameBeginning(sent, twin.result.hub[index]?.sent, 2);
      expectSameBeginning(received, twin.result.hub[index]?.received, 2);
    }
    const { address } = fleet.profile.sensor;
    expectSameBeginning(sensorLines(firmware.sensor, address), sensorLines(twin.sensor, address), 2);
    const consoles = [firmware, twin].map(({ console }) => consoleLines(console));
    expectSameBeginning(consoles[0]?.client, consoles[1]?.client, 4);
    expectSameBeginning(consoles[0]?.loop, consoles[1]?.loop, 4);
  }

  test('registers, tries its hub, records it and publishes; the next time it finds the hub in its chip', async () => {
    const made = await clouds(true);
    const first = await both(made, fleet.device, published(3));
    expectTheSame(first);
    expect(first.firmware.result.dps).toHaveLength(1);
    expect(first.firmware.result.hub).toHaveLength(2);
    const slot8 = ({ memory }: { memory: Uint8Array }) =>
      Buffer.from(memory.subarray(slotOffset(8), slotOffset(9))).toString('hex');
    expect(slot8(first.firmware)).toBe(slot8(first.twin));

    const again = await both(made, { ...fleet.device, memory: first.twin.memory }, published(2));
    expectTheSame(again);
    expect(again.firmware.result.dps).toEqual([]);
    expect(again.firmware.result.hub).toHaveLength(1);
  });

  test('a DPS that does not know it', async () => {
    const { twin, firmware } = await both(await clouds(false), fleet.device, async ({ console }) => {
      await comes(() => console.some((line) => line.includes('Registering (null)')));
      // Nothing comes behind it.
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
    expect(firmware.result.dps[0]?.sent).toEqual(twin.result.dps[0]?.sent);
    expect(consoleLines(firmware.console)).toEqual(consoleLines(twin.console));
  });
});
