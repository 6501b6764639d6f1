import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Aedes } from 'aedes';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createBroker } from '../../src/broker/broker.ts';
import { clientCertificate } from '../../src/factory/index.ts';
import { chipLines, consoleLines, expectSameBeginning, samples, sensorLines } from '../support/firmware-comparison.ts';
import { firmwareFleet, RECONNECT_GAP_MS, withSettling } from '../support/firmware-fleet.ts';
import type { Side, SideSetUp } from '../support/firmware-sides.ts';
import { freePort } from '../support/free-port.ts';
import { requireProgram } from '../support/interop.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { servedBy, type TappedServer, tappedServer } from '../support/tapped-server.ts';

const gcc = requireProgram('gcc', ['--version']);
const mosquitto = requireProgram('mosquitto', ['-h']);

const PERIODS = 10;
/** CONNECT, what the application asks for when it is connected, and twice what it publishes when it is subscribed. */
const SCRIPT_PACKETS = 6;
const PATIENCE = { timeout: 120_000, interval: 10 };
/** From the top of the loop to the sample: enough for a connection on a quiet machine, on a busy one, and on one that is worse. */
const SETTLING_MS = [700, 3000, 6000];
const ALL_SETTLINGS = { timeout: 400_000 };

/** Resolves when it holds. */
function comes(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => {
    if (!condition()) throw new Error('it did not come');
  }, PATIENCE);
}

const TELEMETRY = Buffer.from('"Temparature"').toString('hex');
const telemetryIn = (sent: readonly string[] = []) => sent.filter((packet) => packet.includes(TELEMETRY));
const count = ({ console }: Side, words: string) => console.filter((line) => line.includes(words)).length;

/** Whether a sample came before a connection was made and had its script: how the two mix is chance. */
function hasRaced({ console, result }: Pick<Side, 'console'> & { result: TappedServer['connections'] }): boolean {
  const first = (words: string) => console.findIndex((line) => line.includes(words));
  const lost = first('Client has not connected');
  return (
    (lost !== -1 && lost < first('MQTT_EVENT_CONNECTED')) ||
    result.some(({ sent }) => telemetryIn(sent.slice(0, SCRIPT_PACKETS)).length > 0)
  );
}

/** When a line with these words was logged, ms. */
function timesOf(console: readonly string[], words: string): number[] {
  return console.filter((line) => line.includes(words)).map((line) => Number(/^[IWE] \((\d+)\)/.exec(line)?.[1]));
}

describe.skipIf(gcc === undefined)('the firmware in C does what its twin does', () => {
  let fleet: Awaited<ReturnType<typeof firmwareFleet>>;
  let broker: Aedes | undefined;
  let server: TappedServer | undefined;
  beforeAll(async () => {
    fleet = await firmwareFleet('esp32-mqtts', ['localhost']);
  });
  afterEach(async () => {
    await server?.close();
    await new Promise<void>((closed) => (broker === undefined ? closed() : broker.close(() => closed())));
    [server, broker] = [undefined, undefined];
  });

  /** The embedded broker, in this process. */
  async function embedded(): Promise<TappedServer> {
    const made = await createBroker();
    broker = made;
    server = await tappedServer({ ...fleet, serve: (stream) => void made.handle(stream) });
    return server;
  }

  /** The connections that a side makes, until it has done enough. */
  const connectionsOf = (
    tapped: TappedServer,
    until: (connections: TappedServer['connections'], side: Side) => unknown,
  ) => {
    return async (side: Side) => {
      const before = tapped.connections.length;
      await until(tapped.connections, side);
      return tapped.connections.splice(before);
    };
  };

  /** Twin and firmware, with as much time before the first sample as this machine needs for a connection. */
  async function bothConnected(side: SideSetUp, until: (side: Side) => Promise<TappedServer['connections']>) {
    for (const settleMs of SETTLING_MS) {
      const sides = await fleet.both({ ...side, profile: withSettling(side.profile, settleMs) }, until);
      if (!hasRaced(sides.twin) && !hasRaced(sides.firmware)) return sides;
    }
    throw new Error(`no connection is made within ${SETTLING_MS.at(-1)} ms: this machine is too busy to compare them`);
  }

  async function expectTenPeriods(tapped: TappedServer): Promise<void> {
    const { profile } = fleet;
    const { twin, firmware } = await bothConnected(
      fleet.setUp(tapped.port),
      connectionsOf(tapped, (connections) => comes(() => telemetryIn(connections.at(-1)?.sent).length >= PERIODS)),
    );
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
    const sensors = [firmware, twin].map(({ sensor }) => sensorLines(sensor, profile.sensor.address));
    expectSameBeginning(sensors[0], sensors[1], 2);
    const [mine = [], its = []] = [firmware, twin].map(({ sensor }) => samples(sensor).slice(0, PERIODS));
    expect(mine).toEqual(its);
    expect(firmware.result).toHaveLength(1);
    const [own, twins] = [firmware, twin].map(({ result }) => result[0]);
    expect(own?.client).toBe(twins?.client);
    expect(own?.sent.slice(0, SCRIPT_PACKETS + PERIODS)).toEqual(twins?.sent.slice(0, SCRIPT_PACKETS + PERIODS));
    expectSameBeginning(own?.received, twins?.received, 2);
    const consoles = [firmware, twin].map(({ console }) => consoleLines(console));
    expectSameBeginning(consoles[0]?.client, consoles[1]?.client, 8);
    expectSameBeginning(consoles[0]?.loop, consoles[1]?.loop, 4);
  }

  test('connect and ten periods of telemetry, against the embedded broker', ALL_SETTLINGS, async () => {
    await expectTenPeriods(await embedded());
  });

  test.skipIf(mosquitto === undefined)('the same against mosquitto', ALL_SETTLINGS, async () => {
    const { ca, server: identity, serverCa, clientCas } = fleet;
    const real = await startMosquitto({ path: mosquitto ?? '', clientCas, server: identity });
    try {
      const { keyPem: key, certificatePem: certificate } = clientCertificate({
        ...{ signer: ca.signer, organization: ca.organization, commonName: 'relay', now: new Date(), rng: fleet.rng },
      });
      const serve = servedBy(real.port, { certificate, key }, serverCa.certificate);
      server = await tappedServer({ ...fleet, serve });
      await expectTenPeriods(server);
    } finally {
      await real.stop();
    }
  });

  test('a broker that goes away and comes back', ALL_SETTLINGS, async () => {
    const tapped = await embedded();
    const { twin, firmware } = await bothConnected(
      fleet.setUp(tapped.port),
      connectionsOf(tapped, async (connections, side) => {
        await comes(() => telemetryIn(connections.at(-1)?.sent).length === 2);
        await tapped.hangUp();
        await comes(() => count(side, 'Error transport connect') === 1);
        await tapped.listen();
        await comes(() => telemetryIn(connections.at(-1)?.sent).length === 1);
      }),
    );
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
    const [mine, its] = [firmware, twin].map(({ result }) => result.map(({ sent }) => sent));
    expect(mine?.map((sent) => sent.slice(0, SCRIPT_PACKETS))).toEqual(
      its?.map((sent) => sent.slice(0, SCRIPT_PACKETS)),
    );
    expect(mine).toHaveLength(2);
    expectSameBeginning(consoleLines(firmware.console).client, consoleLines(twin.console).client, 8);
    for (const { console } of [firmware, twin]) {
      const [lost = 0, again = 0] = timesOf(console, 'MQTT_EVENT_DISCONNECTED');
      expect(again - lost).toBeGreaterThanOrEqual(RECONNECT_GAP_MS);
    }
  });

  test('no broker: the same words, at the same distances', async () => {
    const { twin, firmware } = await fleet.both(fleet.setUp(await freePort()), (side) =>
      comes(() => count(side, 'MQTT_EVENT_DISCONNECTED') === 3),
    );
    expect(consoleLines(firmware.console).client).toEqual(consoleLines(twin.console).client);
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
    for (const { console } of [firmware, twin]) {
      const [first = 0, second = 0, third = 0] = timesOf(console, 'MQTT_EVENT_DISCONNECTED');
      expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(RECONNECT_GAP_MS);
    }
  });

  test('a network without a way to the broker', async () => {
    const port = await freePort();
    // TCP has no way to a group of hosts: the system refuses before anything is sent.
    const nowhere = { host: '224.0.0.1', port };
    const side = { ...fleet.setUp(port), resolutions: [{ host: 'localhost', port, to: nowhere }] };
    const { twin, firmware } = await fleet.both(side, (running) =>
      comes(() => count(running, 'MQTT_EVENT_DISCONNECTED') === 2),
    );
    expect(consoleLines(firmware.console).client).toEqual(consoleLines(twin.console).client);
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
  });

  test('a broker that accepts the connection and says nothing', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    try {
      const { twin, firmware } = await fleet.both(fleet.setUp(port), (side) =>
        comes(() => count(side, 'MQTT_EVENT_DISCONNECTED') === 1),
      );
      expect(consoleLines(firmware.console).client).toEqual(consoleLines(twin.console).client);
      for (const { console } of [firmware, twin]) {
        expect(timesOf(console, 'Error transport connect')[0]).toBeGreaterThanOrEqual(2000);
      }
    } finally {
      silent.close();
    }
  });

  test('a certificate of another CA', async () => {
    const tapped = await embedded();
    const stranger = await firmwareFleet('esp32-mqtts', ['localhost']);
    const side = { ...fleet.setUp(tapped.port), trusted: stranger.serverCa.certificate };
    const { twin, firmware } = await fleet.both(side, (running) =>
      comes(() => count(running, 'MQTT_EVENT_DISCONNECTED') === 1),
    );
    expect(consoleLines(firmware.console).client).toEqual(consoleLines(twin.console).client);
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
  });

  test('a chip that is not there: the same words, and no more of it', async () => {
    const side = { ...fleet.setUp(await freePort()), faults: [{ kind: 'absent', address: 0x60 } as const] };
    const { twin, firmware } = await fleet.both(side, async (running) => {
      await comes(() => running.chip.length > 0 && running.console.length > 0);
      // Nothing comes behind it: a firmware that goes on would connect, or complain again.
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    expect(chipLines(firmware.chip)).toEqual(chipLines(twin.chip));
    expect(firmware.console.map(timeless)).toEqual(twin.console.map(timeless));
  });

  test('a sensor that is not there: it publishes all the same', async () => {
    const tapped = await embedded();
    const { address } = fleet.profile.sensor;
    const side = { ...fleet.setUp(tapped.port), faults: [{ kind: 'absent', address } as const] };
    const { twin, firmware } = await fleet.both(
      side,
      connectionsOf(tapped, (connections) => comes(() => telemetryIn(connections.at(-1)?.sent).length >= 2)),
    );
    expectSameBeginning(sensorLines(firmware.sensor, address), sensorLines(twin.sensor, address), 2);
    const [mine, its] = [firmware, twin].map(({ result }) => telemetryIn(result[0]?.sent).slice(0, 2));
    expect(mine).toEqual(its);
    expectSameBeginning(consoleLines(firmware.console).loop, consoleLines(twin.console).loop, 6);
  });
});

function timeless(line: string): string {
  return line.replace(/^([IWE]) \(\d+\)/, '$1 (*)');
}
