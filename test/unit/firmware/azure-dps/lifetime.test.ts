import { describe, expect, it } from 'vitest';
import { firmwareOf } from '../../../../emulator/firmware/index.ts';
import {
  ASSIGNING,
  AzureBench,
  azureProfile,
  dpsWith,
  HUB,
  obedientHub,
  provisionedBench,
} from '../../../support/azure-twin.ts';

describe('after a lost connection', () => {
  it('the telemetry of azure-dps dials again 15 s later, as esp-mqtt does, and its hub is the recorded one', async () => {
    const { memory } = await provisionedBench();
    const bench = new AzureBench({ memory });
    bench.twin.boot();
    await bench.clock.advance(1000);
    bench.hub.last.closeNotify();
    await bench.clock.advance(20_000);
    expect(bench.hub.dials).toEqual([0, 16_000]);
    expect(bench.dials).toEqual([`${HUB}:8883`, `${HUB}:8883`]);
    expect(bench.of('connected')).toHaveLength(2);
    expect(bench.failures).toEqual(['disconnected tls.CLOSE_NOTIFY']);
    expect(bench.twin.chipCommands).toBe(8 + 3 + 32 + 32);
  });

  it('measures every 50.04 s, and what it measures without a connection is lost', async () => {
    const { memory } = await provisionedBench();
    const bench = new AzureBench({ memory });
    bench.twin.boot();
    await bench.clock.advance(90_000);
    bench.hub.script = { tcp: 'refuse' };
    bench.hub.last.hangUp();
    await bench.clock.advance(60_000);
    expect(bench.lines.filter((line) => /messageDue telemetry|messageNotSent/.test(line))).toEqual([
      ...['40 messageDue telemetry 0', '50080 messageDue telemetry 0', '100120 messageDue telemetry 0'],
      '100120 messageNotSent telemetry no_connection',
    ]);
  });
});

describe.each(['azure-dps', 'azure-dps-2026'])('stop, of %s', (name) => {
  // In the handshake, subscribing, waiting for an answer, between two polls, in the trial, after it, publishing.
  it.each([0, 50, 250, 350, 450, 650, 1500, 4000, 7000, 9500, 30_000])(
    'at %i ms: nothing is heard of it any more',
    async (ms) => {
      const bench = new AzureBench({
        profile: azureProfile(name),
        dps: { ...dpsWith(ASSIGNING, ASSIGNING), tcpMs: 30 },
      });
      if (ms > 1500) bench.dps.script = new AzureBench({ profile: azureProfile(name) }).dps.script;
      bench.twin.boot();
      await bench.clock.advance(ms);
      const events = bench.events.length;
      bench.twin.stop();
      const commands = bench.twin.chipCommands;
      await bench.clock.advance(60_000);
      expect(bench.events.slice(events).filter(({ type }) => type !== 'messagesMissed')).toEqual([]);
      expect(bench.twin.chipCommands).toBe(commands);
      expect(bench.clock.nextAlarm).toBeUndefined();
      for (const { state } of [...bench.dps.connections, ...bench.hub.connections]) expect(state).not.toBe('open');
    },
  );
});

it('the SDK takes its leave with DISCONNECT, esp-mqtt does not', async () => {
  for (const [name, last] of [
    ['azure-dps', '32'],
    ['azure-dps-2026', 'e0'],
  ] as const) {
    const bench = await provisionedBench({ profile: azureProfile(name) });
    bench.twin.stop();
    await bench.clock.advance(1000);
    expect(bench.hub.last.packets.at(-1)?.slice(0, 2)).toBe(last);
  }
});

it('a device has its serial number for a client id, and nothing that a client may subscribe to', () => {
  const profile = azureProfile();
  const firmware = firmwareOf(profile);
  const unit = { macTail: Uint8Array.of(1, 2, 3), commonName: '0123ffac64afdf56ee' };
  expect(firmware.clientId(profile, unit)).toBe('0123ffac64afdf56ee');
  expect(firmware.service(profile)).toBe('azure');
  expect(firmware.sensorAddress(profile)).toBe(0x76);
  const { telemetryFilter, fansOut, ownTopic } = firmware.traffic(profile);
  expect([telemetryFilter, fansOut, ownTopic('0123ffac64afdf56ee')]).toEqual([undefined, false, undefined]);
});

it('with hardware pace a registration takes the time of its chip', async () => {
  const bench = new AzureBench({ pace: 'hardware' });
  bench.twin.boot();
  await bench.clock.advance(120_000);
  expect(bench.failures).toEqual([]);
  expect(bench.of('provisioned')).toHaveLength(1);
  const [record] = bench.of('provisioningStep').filter(({ step }) => step === 'record');
  // Ten writes of 45 ms each are the least.
  expect(record?.ms).toBeGreaterThan(450);
  expect(bench.of('messageSent').at(-1)?.kind).toBe('telemetry');
});

it('a device at a hub that answers obediently has nothing to complain of', async () => {
  const bench = await provisionedBench({ hub: { answer: obedientHub } });
  expect(bench.failures).toEqual([]);
});
