import { ATECC608_ADDRESS, Atecc608 } from '../../atecc608/index.ts';
import { Bme280, generateCalibration } from '../../bme280/index.ts';
import { TaskClock, type Time } from '../../clock/index.ts';
import type { BrokerRoute, Device, DeviceTap, DeviceUnit, FleetSurroundings, Observe } from '../../device/index.ts';
import { officeClimate } from '../../environment/index.ts';
import { type I2c, I2cBus, i2cController } from '../../i2c/index.ts';
import type { Rng } from '../../rng/index.ts';
import { FirmwareConsole } from './console.ts';
import { Esp32Mqtts } from './device.ts';
import type { Esp32MqttsEvent } from './events.ts';
import type { Esp32MqttsProfile } from './profile.ts';

/** What all devices of a fleet of this firmware share. */
export interface Esp32MqttsFleet {
  readonly profile: Esp32MqttsProfile;
  readonly route: BrokerRoute;
  /** The payload of a sample in °C, hPa and %RH. */
  readonly payload: (...values: readonly number[]) => string;
  /** From one sample to the next, settling included. */
  readonly intervalMs: number;
  readonly surroundings: FleetSurroundings;
}

/** A device that is late makes up for one period at most, and for no more than a second: no burst comes of it. */
const MOST_CATCH_UP_MS = 1000;

/** Solders a provisioned chip and a sensor of its own to a twin of the firmware. */
export function buildDevice(shared: Esp32MqttsFleet, unit: DeviceUnit, observe: Observe, tap?: DeviceTap): Device {
  const fleet = unit.dial === undefined ? shared : { ...shared, route: { ...shared.route, dial: unit.dial } };
  const { profile, surroundings } = fleet;
  const { clock, crypto, pace, rng, parts } = surroundings;
  const random = rng.fork('device', unit.index);
  const chipTask = new TaskClock(clock);
  const sensorTask = new TaskClock(clock, { catchUpMs: Math.min(fleet.intervalMs, MOST_CATCH_UP_MS) });
  const chip = new Atecc608({
    memory: unit.memory,
    crypto,
    rng: random.fork('chip'),
    clock: chipTask,
    executionTimes: pace === 'hardware' ? 'maximum' : 'none',
  });
  const sensor = newSensor(parts.fork('device', unit.index).fork('sensor'), random.fork('noise'), sensorTask);
  const port1: I2c = new I2cBus().attach(ATECC608_ADDRESS, chip);
  const port0: I2c = new I2cBus().attach(profile.sensor.address, sensor);
  const tapped1 = tap?.secureElement?.(port1, machineTimeOf(chipTask)) ?? port1;
  const tapped0 = tap?.sensor?.(port0, machineTimeOf(sensorTask)) ?? port0;
  const secureElement = i2cController(tapped1, chipTask, pace, profile.chip.busClockHz);
  return new Esp32Mqtts(
    fleet,
    {
      secureElement: unit.durable?.(chip, secureElement) ?? secureElement,
      sensor: i2cController(tapped0, sensorTask, pace, profile.sensor.busClockHz),
      macTail: unit.macTail,
      commonName:
        profile.certificates.deviceCommonName === 'template' ? new TextEncoder().encode(unit.commonName) : undefined,
      rng: random.fork('firmware'),
    },
    withConsole(observe, fleet, tap),
  );
}

function newSensor(part: Rng, noise: Rng, clock: TaskClock): Bme280 {
  return new Bme280({
    calibration: generateCalibration(part.fork('calibration')),
    ambient: officeClimate(part.fork('climate')),
    // 5 % either way, as parts differ: a fleet's sensors do not measure in phase.
    standbyDrift: (part.fork('standby').fraction() - 0.5) * 0.1,
    clock,
    noise,
  });
}

/** All buses and packets of a trace on one clock. */
function machineTimeOf(task: TaskClock): Time {
  return { now: () => task.machineTime };
}

/** The serial console is one more observer, when somebody reads it. */
function withConsole(
  observe: Observe,
  { profile, route, surroundings: { clock } }: Esp32MqttsFleet,
  tap: DeviceTap | undefined,
): Observe<Esp32MqttsEvent> {
  if (tap?.console === undefined) return observe;
  const { reconnect, bufferBytes } = profile.mqtt;
  const host = route.host.includes(':') ? `[${route.host}]` : route.host;
  const facts = { uri: `mqtts://${host}:${route.port}`, reconnectMs: reconnect.waitMs, bufferBytes };
  const console = new FirmwareConsole(facts, clock, (line) => tap.console?.(line));
  return (event) => {
    console.observe(event);
    observe(event);
  };
}
