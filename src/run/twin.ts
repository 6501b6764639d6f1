import { ATECC608_ADDRESS, Atecc608 } from '../../emulator/atecc608/index.ts';
import { Bme280, generateCalibration } from '../../emulator/bme280/index.ts';
import { type Clock, TaskClock, type Time } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { DeviceEvents } from '../../emulator/device/index.ts';
import { officeClimate } from '../../emulator/environment/index.ts';
import { Esp32Mqtts, type Esp32MqttsFirmware, FirmwareConsole } from '../../emulator/firmware/index.ts';
import { type I2c, I2cBus, i2cController, type Pace } from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import type { PersistentFleet } from '../store/index.ts';

/** Listens in on one device from inside the process. What it does not ask for costs nothing. */
export interface DeviceTap {
  /** Stands between the microcontroller and the bus of the secure element; `clock` has the exact time of each transfer. */
  secureElement?(bus: I2c, clock: Time): I2c;
  /** Stands between the microcontroller and the bus of the sensor. */
  sensor?(bus: I2c, clock: Time): I2c;
  /** One MQTT packet as sent, or the plaintext of one TLS record as received. */
  packet?(direction: 'sent' | 'received', bytes: Uint8Array): void;
  /** One line of the serial console, without its end. */
  console?(line: string): void;
}

export interface TwinOptions {
  readonly firmware: Esp32MqttsFirmware;
  /** The root of chance: device k draws from its branch ('device', k, …). */
  readonly rng: Rng;
  /** The root of the sensors' chance where they stay the same parts from run to run. */
  readonly parts?: Rng;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Keeps what the chip writes; without it, it ends with the process. */
  readonly keeper?: Pick<PersistentFleet, 'durable'> | undefined;
}

/** What timers and the garbage collector take; a device with a shorter period makes up for more than one. */
const LEAST_CATCH_UP_MS = 100;
const MOST_CATCH_UP_MS = 1000;

/** Solders a made device's chip and a sensor of its own to a twin of its firmware. */
export function assembleTwin(
  made: ProvisionedDevice,
  { firmware, rng, parts = rng, clock, pace, keeper }: TwinOptions,
  events: DeviceEvents,
  tap?: DeviceTap,
): Esp32Mqtts {
  const { profile } = firmware;
  const chance = rng.fork('device', made.index);
  const chipTask = new TaskClock(clock);
  const sensorTask = new TaskClock(clock, { catchUpMs: catchUpMsOf(firmware) });
  const chip = new Atecc608({
    memory: made.memory,
    crypto: nodeCrypto,
    rng: chance.fork('chip'),
    clock: chipTask,
    executionTimes: pace === 'hardware' ? 'maximum' : 'none',
  });
  const air = parts.fork('device', made.index).fork('sensor');
  const sensor = new Bme280({
    calibration: generateCalibration(air.fork('calibration')),
    ambient: officeClimate(air.fork('climate')),
    // 5 % either way, as parts differ: a fleet's sensors do not measure in phase.
    standbyDrift: (air.fork('standby').fraction() - 0.5) * 0.1,
    clock: sensorTask,
    noise: chance.fork('noise'),
  });
  const port1: I2c = new I2cBus().attach(ATECC608_ADDRESS, chip);
  const port0: I2c = new I2cBus().attach(profile.sensor.address, sensor);
  const tapped1 = tap?.secureElement?.(port1, machineTimeOf(chipTask)) ?? port1;
  const tapped0 = tap?.sensor?.(port0, machineTimeOf(sensorTask)) ?? port0;
  const secureElement = i2cController(tapped1, chipTask, pace, profile.chip.busClockHz);
  return new Esp32Mqtts(
    firmware,
    {
      secureElement: keeper?.durable(made.serialNumber, chip, secureElement) ?? secureElement,
      sensor: i2cController(tapped0, sensorTask, pace, profile.sensor.busClockHz),
      macTail: made.macTail,
      commonName:
        profile.certificates.deviceCommonName === 'template' ? new TextEncoder().encode(made.commonName) : undefined,
      rng: chance.fork('firmware'),
      console: tap?.console && consoleOf(firmware, clock, (line) => tap.console?.(line)),
    },
    events,
  );
}

/** A device that is late makes up for one period at most, and for no more than a second. */
function catchUpMsOf({ profile: { telemetry }, intervalMs }: Esp32MqttsFirmware): number {
  const periodMs = intervalMs ?? telemetry.settleMs + telemetry.periodMs;
  return Math.min(Math.max(periodMs, LEAST_CATCH_UP_MS), MOST_CATCH_UP_MS);
}

/** All buses and packets of a trace on one clock. */
function machineTimeOf(task: TaskClock): Time {
  return { now: () => task.machineTime };
}

function consoleOf({ profile, route }: Esp32MqttsFirmware, clock: Clock, write: (line: string) => void) {
  const { reconnect, bufferBytes } = profile.mqtt;
  const host = route.host.includes(':') ? `[${route.host}]` : route.host;
  return new FirmwareConsole(
    { uri: `mqtts://${host}:${route.port}`, reconnectMs: reconnect.waitMs, bufferBytes },
    clock,
    write,
  );
}
