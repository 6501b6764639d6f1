import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { BME280_ADDRESS, Bme280, bme280Decoder } from '../../../emulator/bme280/index.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { constantAmbient } from '../../../emulator/environment/index.ts';
import { I2cBus, Recorder, transcript } from '../../../emulator/i2c/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { sharedNow } from '../../../src/base/index.ts';
import { RunMetrics } from '../../../src/metrics/index.ts';
import { loadProfile } from '../../../src/profile/index.ts';
import { openBroker } from '../../../src/run/broker.ts';
import type { RunTap } from '../../../src/run/fleet-device.ts';
import { fleetOf } from '../../../src/run/fleet-source.ts';
import type { RunPlan } from '../../../src/run/index.ts';
import type { FromShard } from '../../../src/run/messages.ts';
import { openDevices } from '../../../src/run/shard-devices.ts';
import { ShardRun } from '../../../src/run/shard-run.ts';
import {
  CONNECT,
  CONNECTED,
  CREDENTIALS as CREDENTIALS_SET,
  expectConsole,
  ofMqttTask,
  start,
} from '../../support/console.ts';
import { BOOT, CREDENTIALS, coldStart, conversation, HANDSHAKE } from '../../support/golden.ts';

/**
 * A part whose trimming values make the sample in the original firmware's log, digit for digit. They were searched for with the
 * formulas that Bosch's vectors confirm; any part that gives these three numbers would do.
 */
const SEED_PART = {
  ...{ T1: 27300, T2: 25504, T3: 50 },
  ...{ P1: 34644, P2: -10685, P3: 3024, P4: 2000, P5: 140, P6: -7, P7: 9900, P8: -10230, P9: 4285 },
  ...{ H1: 64, H2: 348, H3: 0, H4: 280, H5: 19, H6: 30 },
};
const SEED_AIR = constantAmbient(26.485141, 100448.3107, 53.987691);
const SEED_PAYLOAD = '{"Temparature": "26.485141" , "Pressure": "1004.483107" , "Humidity": "53.987691"}';

/** Everything that one device of a run put on its buses and its connection. */
class Tap implements RunTap {
  chip: Recorder | undefined;
  sensorBus: Recorder | undefined;
  readonly sent: string[] = [];
  readonly received: string[] = [];
  readonly lines: string[] = [];
  readonly #ofSeed: boolean;

  constructor(ofSeed: boolean) {
    this.#ofSeed = ofSeed;
  }

  secureElement(bus: I2cBus): Recorder {
    this.chip = new Recorder(bus);
    return this.chip;
  }

  sensor(bus: I2cBus): Recorder {
    const clock = new ManualClock({ start: 1000 });
    const part = new Bme280({ calibration: SEED_PART, ambient: SEED_AIR, clock, startUp: 'accept' });
    this.sensorBus = new Recorder(this.#ofSeed ? moving(new I2cBus().attach(BME280_ADDRESS, part), clock) : bus);
    return this.sensorBus;
  }

  packet(direction: 'sent' | 'received', bytes: Uint8Array): void {
    this[direction].push(Buffer.from(bytes).toString('hex'));
  }

  console(line: string): void {
    this.lines.push(line);
  }
}

/** Time goes on a second with every transfer: the original sensor is always done measuring. */
function moving(bus: I2cBus, clock: ManualClock) {
  return {
    write: (...transfer: Parameters<I2cBus['write']>) => bus.write(...transfer),
    read(...transfer: Parameters<I2cBus['read']>) {
      clock.advance(1000);
      return bus.read(...transfer);
    },
    readyAt: (address: number) => bus.readyAt(address),
  };
}

const ascii = (text: string) => Buffer.from(text).toString('hex');
const length = (bytes: number) => bytes.toString(16).padStart(2, '0');

async function run(profileName: string): Promise<{ taps: Tap[]; metrics: RunMetrics }> {
  const taps = [new Tap(true), new Tap(false), new Tap(false)];
  const metrics = new RunMetrics(taps.length);
  const profile = loadProfile(profileName);
  const plan: RunPlan = {
    ...{ count: taps.length, rate: 50, durationMs: 2500, intervalMs: 500, workers: 1 },
    ...{ profile, profileName, broker: 'embedded', trust: [], pace: 'fast', crypto: 'node' },
  };
  const fleet = fleetOf(plan);
  const order = {
    ...{ part: { index: 0, of: 1 }, source: fleet.source, plan },
    watch: { console: undefined, trace: undefined, wire: false, publishes: false },
  };
  const devices = await openDevices(order, new AbortController().signal, () => {});
  const randomness = await fleet.begin();
  const broker = await openBroker(plan, fleet.ca, rootRng(randomness).fork('broker'));
  const post = (message: FromShard) => {
    if (message.type === 'metrics') metrics.add(0, message.delta);
  };
  const { address, resolutions } = broker;
  const beginning = { broker: address, resolutions, trusted: broker.trusted, randomness, epoch: sharedNow() };
  const running = new ShardRun(order, devices, beginning, { post, tap: (k) => taps[k] });
  await delay(plan.durationMs);
  await running.stop();
  await broker.stop();
  return { taps, metrics };
}

describe.each([
  ['esp32-mqtts', true],
  ['esp32-mqtts-shared', false],
] as const)('a real run of %s', (profileName, ownTopics) => {
  let taps: Tap[];
  let metrics: RunMetrics;
  beforeAll(async () => {
    ({ taps, metrics } = await run(profileName));
  });

  it('connects every device', () => {
    expect(metrics.summary().devices).toMatchObject({ planned: 3, arrived: 3, connected: 3, failed: 0 });
    expect(metrics.summary().chip_commands).toBe(3 * (8 + 31));
  });

  it('puts exactly the 8 commands of the start and the 31 of a connection on each bus of a secure element', () => {
    for (const { chip } of taps) {
      const { exchanges, wakes, idles } = conversation(chip?.transactions ?? []);
      expect(exchanges).toEqual([...BOOT, ...CREDENTIALS, ...HANDSHAKE]);
      expect([wakes, idles]).toEqual([39, 39]);
    }
  });

  it("starts each sensor with the original firmware's trace, then reads one burst a sample", () => {
    for (const { sensorBus } of taps) {
      const lines = transcript(sensorBus?.transactions ?? [], new Map([[BME280_ADDRESS, bme280Decoder]]));
      // Trimming values differ from part to part; where they are read from and how many does not.
      const golden = coldStart('…', '…');
      const masked = lines.map((line) => line.replace(/^R 76( [0-9A-F]{2}){7,} ;/, 'R 76 … ;'));
      expect(masked.slice(0, golden.length)).toEqual(golden);
      const samples = masked.slice(golden.length);
      expect(samples.length).toBeGreaterThanOrEqual(2 * 4);
      samples.forEach((line, i) => {
        if (i % 2 === 0) expect(line).toBe('W 76 F7 + ; -> press_msb');
        else expect(line).toMatch(/^R 76 … ; press=[0-9A-F]{5} temp=[0-9A-F]{5} hum=[0-9A-F]{4}$/);
      });
    }
  });

  it("sends the firmware's packets, byte by byte", () => {
    const sample = /^(-?\d+\.\d{6})$/;
    for (const { sent } of taps) {
      const [connect = '', subscribe0 = '', subscribe1 = '', unsubscribe = '', data1 = '', data2 = '', ...rest] = sent;
      const idHex = connect.slice(28);
      const id = Buffer.from(idHex, 'hex').toString();
      expect(id).toMatch(/^ESP32_[0-9a-f]{2}[0-9A-F]{4}$/);
      expect(connect).toBe(`101800044d51545404020078000c${idHex}`);

      const own = ownTopics ? `/${id}` : '';
      const [qos0, qos1] = [`/topic/qos0${own}`, `/topic/qos1${own}`];
      const [topic0, topic1] = [qos0, qos1].map((topic) => `00${length(topic.length)}${ascii(topic)}`);
      const ids = [subscribe0, subscribe1, unsubscribe].map((packet) => packet.slice(4, 8));
      expect(ids.every((packetId) => packetId !== '0000')).toBe(true);
      expect(subscribe0).toBe(`82${length(qos0.length + 5)}${ids[0]}${topic0}00`);
      expect(subscribe1).toBe(`82${length(qos1.length + 5)}${ids[1]}${topic1}01`);
      expect(unsubscribe).toBe(`a2${length(qos1.length + 4)}${ids[2]}${topic1}`);

      // Telemetry may come before the SUBACKs' answers; 'data' is what is left of the packets.
      const publishes = [data1, data2, ...rest];
      const data = `30${length(qos0.length + 6)}${topic0}${ascii('data')}`;
      expect(publishes.filter((packet) => packet === data)).toHaveLength(2);
      const telemetry = publishes.filter((packet) => packet !== data);
      expect(telemetry.length).toBeGreaterThanOrEqual(3);
      for (const packet of telemetry) {
        const payload = Buffer.from(packet.slice(4 + 4 + 2 * qos0.length), 'hex').toString();
        expect(packet).toBe(`30${length(2 + qos0.length + payload.length)}${topic0}${ascii(payload)}`);
        const values = Object.entries(JSON.parse(payload));
        expect(values.map(([key]) => key)).toEqual(['Temparature', 'Pressure', 'Humidity']);
        for (const [, value] of values) expect(value).toMatch(sample);
      }
    }
  });

  it("sends the original firmware's sample as its log has it", () => {
    const [{ sent }] = taps as [Tap];
    const packets = sent.filter((packet) => packet.endsWith(ascii(SEED_PAYLOAD)));
    expect(SEED_PAYLOAD).toHaveLength(82);
    expect(packets.length).toBeGreaterThanOrEqual(3);
    for (const packet of packets) expect(packet.length / 2).toBe(ownTopics ? 110 : 97);
  });

  it('receives one packet a record from the embedded broker: CONNACK, SUBACK, SUBACK, UNSUBACK and the echoes', () => {
    for (const { received } of taps) {
      expect(received[0]).toBe('20020000');
      const types = received.map((packet) => packet.slice(0, 2));
      expect(types.filter((type) => type === '90')).toHaveLength(2);
      expect(types.filter((type) => type === 'b0')).toHaveLength(1);
      expect(types.filter((type) => type === '30').length).toBeGreaterThanOrEqual(5);
      expect(new Set(types)).toEqual(new Set(['20', '90', 'b0', '30']));
    }
  });

  it("prints the firmware's lines on the serial console", () => {
    for (const { lines } of taps) {
      const uri = lines.find((line) => line.startsWith('mqtts://')) ?? '';
      expect(uri).toMatch(/^mqtts:\/\/127\.0\.0\.1:\d+$/);
      // Telemetry and echoes come in between as the broker has it; what is left has one order.
      const echo = /deliver_publish|MQTT_EVENT_DATA|^TOPIC=|^DATA=/;
      const golden = [...start(uri), ...CREDENTIALS_SET, CONNECT, ...CONNECTED].filter(ofMqttTask);
      expectConsole(
        lines.filter((line) => ofMqttTask(line) && !echo.test(line)),
        golden,
      );
      const first = lines.findIndex((line) => line.includes('deliver_publish'));
      const topic = profileName === 'esp32-mqtts' ? /^TOPIC=\/topic\/qos0\/ESP32_\w{6}$/ : /^TOPIC=\/topic\/qos0$/;
      expect(lines[first + 1]).toMatch(/^I \(\d+\) ECC608: MQTT_EVENT_DATA$/);
      expect(lines[first + 2]).toMatch(topic);
      expect(lines.filter((line) => line === 'DATA=data').length).toBeGreaterThanOrEqual(2);
      expect(lines.filter((line) => line.includes('Stack remaining')).length).toBeGreaterThanOrEqual(3);
    }
  });
});
