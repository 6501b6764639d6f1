import { ATECC608_ADDRESS, Atecc608 } from '../atecc608/index.ts';
import { Bme280, generateCalibration } from '../bme280/index.ts';
import { TaskClock, type Time } from '../clock/index.ts';
import type { CertificateSettings, ChipSettings, DeviceTap, DeviceUnit, FleetSurroundings } from '../device/index.ts';
import { officeClimate } from '../environment/index.ts';
import { type I2c, I2cBus, type I2cController, i2cController } from '../i2c/index.ts';
import type { Rng } from '../rng/index.ts';
import type { SensorSettings } from './profile.ts';

/** What the firmware of one device finds around it. */
export interface Board {
  /** I2C port 1: the secure element. */
  readonly secureElement: I2cController;
  /** I2C port 0: the sensor. */
  readonly sensor: I2cController;
  /** The CN compiled into the certificate template, ASCII; without it the firmware reads it from its slot. */
  readonly commonName: Uint8Array | undefined;
  readonly rng: Rng;
}

/** What a profile says of the board. */
export interface BoardProfile {
  readonly chip: ChipSettings;
  readonly certificates: Pick<CertificateSettings, 'deviceCommonName'>;
  readonly sensor: SensorSettings;
}

/** A device that is late makes up for one period at most, and for no more than a second: no burst comes of it. */
const MOST_CATCH_UP_MS = 1000;

/** Solders a provisioned chip and a sensor of its own to a board, for a firmware that measures every `intervalMs`. */
export function solderBoard(
  profile: BoardProfile,
  intervalMs: number,
  surroundings: FleetSurroundings,
  unit: DeviceUnit,
  tap?: DeviceTap,
): Board {
  const { clock, crypto, pace, rng, parts } = surroundings;
  const random = rng.fork('device', unit.index);
  const chipTask = new TaskClock(clock);
  const sensorTask = new TaskClock(clock, { catchUpMs: Math.min(intervalMs, MOST_CATCH_UP_MS) });
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
  return {
    secureElement: unit.durable?.(chip, secureElement) ?? secureElement,
    sensor: i2cController(tapped0, sensorTask, pace, profile.sensor.busClockHz),
    commonName:
      profile.certificates.deviceCommonName === 'template' ? new TextEncoder().encode(unit.commonName) : undefined,
    rng: random.fork('firmware'),
  };
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
