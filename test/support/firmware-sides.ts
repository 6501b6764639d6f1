import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bme280, generateCalibration } from '../../emulator/bme280/index.ts';
import type { Time } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { firmwareOf, type Profile } from '../../emulator/firmware/index.ts';
import {
  type Fault,
  FaultyBus,
  type I2c,
  I2cBus,
  Monitor,
  type Pace,
  type Transaction,
} from '../../emulator/i2c/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { type Resolution, realClock, resolveBy } from '../../src/base/index.ts';
import { Board } from '../../src/board/board.ts';
import { BoardClock } from '../../src/board/board-clock.ts';
import { ChipMount } from '../../src/board/chip-mount.ts';
import { serveI2c } from '../../src/board/i2c-server.ts';
import { listen } from '../../src/board/listener.ts';
import { SensorMount } from '../../src/board/sensor-mount.ts';
import { type DeviceFactory, identityOf, type ProvisionedDevice } from '../../src/factory/index.ts';
import { FirmwareProcess, Lines, type ProcessEnd } from '../../src/firmware-run/firmware-process.ts';
import { buildFirmware } from '../../src/firmware-run/index.ts';
import { parametersOf } from '../../src/firmware-run/running-device.ts';
import { tcpNetwork } from '../../src/run/tcp.ts';

const CHIP = 0x60;
/** Air that does not change. */
const AIR = { temperature: 22.5, pressure: 101_325, humidity: 45 };

/** A device, and what it finds around it: the same for twin and firmware. */
export interface SideSetUp {
  readonly profile: Profile;
  readonly definitions: DeviceFactory['definitions'];
  /** Each side has a copy of its memory. */
  readonly device: Pick<ProvisionedDevice, 'index' | 'memory' | 'commonName' | 'macTail' | 'serialNumber'>;
  /** What the chip draws from is its branch `chip`, the sensor's calibration its branch `sensor`. */
  readonly rng: Rng;
  readonly broker: { readonly host: string; readonly port: number };
  readonly resolutions?: readonly Resolution[];
  /** PEM. */
  readonly trusted: string;
  readonly pace?: Pace;
  readonly faults?: readonly Fault[];
}

/** What one side does, as it goes on. */
export interface Side {
  readonly chip: Transaction[];
  readonly sensor: Transaction[];
  readonly console: string[];
  /** The chip's memory as it is now. */
  memory(): Uint8Array;
  stop(): Promise<unknown>;
}

/** The twin, on this machine's time and network. */
export async function startTwin(setUp: SideSetUp): Promise<Side> {
  const { profile, definitions, device, rng, broker, resolutions = [], trusted, pace = 'fast', faults = [] } = setUp;
  const [chip, sensor, console]: [Transaction[], Transaction[], string[]] = [[], [], []];
  const meter = { sent() {}, received() {} };
  const resolve = resolveBy([...resolutions]);
  const build = firmwareOf(profile).fleet(profile, {
    ...{ broker, dial: tcpNetwork(meter, undefined, resolve)(), trusted: [trusted], definitions, pace },
    ...{ clock: realClock, crypto: nodeCrypto, rng: branches({ chip: rng.fork('chip') }), parts: rootRng('parts') },
  });
  const memory = device.memory.slice();
  const faulty = (bus: I2c, time: Time) => {
    const made = new FaultyBus(bus, time, rootRng('faults'));
    for (const fault of faults) made.add(fault);
    return made;
  };
  const twin = build({ ...device, memory }, () => {}, {
    secureElement: (bus, time) => new Monitor(faulty(bus, time), (each) => chip.push(each), time),
    sensor: (_, time) => {
      const calibration = generateCalibration(rng.fork('sensor').fork('calibration'));
      const part = new Bme280({ calibration, ambient: () => AIR, clock: time });
      const bus = new I2cBus().attach(profile.sensor.address, part);
      return new Monitor(faulty(bus, time), (each) => sensor.push(each), time);
    },
    console: (line) => console.push(line),
  });
  twin.boot();
  return { chip, sensor, console, memory: () => memory.slice(), stop: async () => twin.stop() };
}

export interface FirmwareSide extends Side {
  readonly ended: Promise<ProcessEnd>;
  readonly board: Board;
}

/** The firmware in C on a board of this process. */
export async function startFirmware(setUp: SideSetUp): Promise<FirmwareSide> {
  const { profile, definitions, device, broker, resolutions = [], trusted } = setUp;
  const program = await buildFirmware({ profile, definitions }, process.env);
  const served = await serveParts(setUp);
  const directory = mkdtempSync(join(tmpdir(), 'emu-firmware-side-'));
  const ca = join(directory, 'ca.pem');
  writeFileSync(ca, trusted);
  const console: string[] = [];
  const lines = new Lines((line) => console.push(line));
  const settings = { profile, i2c: served.i2c, broker, resolutions, trusted: ca, ...device };
  const firmware = new FirmwareProcess(
    program,
    parametersOf(settings),
    (text) => lines.take(text),
    (complaint) => console.push(complaint),
  );
  return {
    ...served,
    console,
    ended: firmware.ended,
    async stop() {
      const end = await firmware.stop();
      await served.close();
      rmSync(directory, { recursive: true });
      return end;
    },
  };
}

/** A board with the parts of the twin, and what happens on its bus. */
export async function serveParts({
  profile,
  device,
  rng,
  pace = 'fast',
  faults = [],
}: Pick<SideSetUp, 'profile' | 'device' | 'rng' | 'pace' | 'faults'>) {
  const clock = new BoardClock(realClock);
  const chips = [
    new ChipMount({
      ...{ variant: 'ATECC608A', memory: device.memory.slice(), clock, pace },
      rng: branches({ chip: rng.fork('chip') }),
    }),
  ];
  const address = profile.sensor.address;
  const sensorClock = { now: () => clock.undriven() };
  const mount = new SensorMount({ address, rng: rng.fork('sensor'), clock: sensorClock });
  mount.ambient = AIR;
  const board = new Board({ chips, sensor: mount, clock, pace, rng: rootRng('faults') });
  for (const fault of faults) board.addFault(fault);
  const [chip, sensor]: [Transaction[], Transaction[]] = [[], []];
  board.listen((each) => (each.address === address ? sensor : chip).push(each));
  const listener = await listen(0, (socket) => {
    const leave = clock.attend();
    return serveI2c(board, socket).finally(leave);
  });
  return {
    board,
    chip,
    sensor,
    i2c: `tcp:127.0.0.1:${listener.port}`,
    memory: () => chips[0]?.snapshot() ?? new Uint8Array(),
    close: () => listener.close(),
  };
}

/** A source of randomness whose branches are these, by the first word of their path, however they are reached. */
function branches(named: Readonly<Record<string, Rng>>): Rng {
  const root = rootRng('firmware sides');
  const node = (rng: Rng): Rng => ({
    bytes: (length) => rng.bytes(length),
    fraction: () => rng.fraction(),
    fork: (...path) => named[String(path[0])] ?? node(rng.fork(...path)),
  });
  return node(root);
}

/** A device of a fleet that was never a device before: its chip is factory-fresh. */
export function freshIdentity(rng: Rng) {
  return identityOf(rng, 0);
}

export { CHIP };
