import type { Clock, Time } from '../clock/index.ts';
import type { ChipCrypto } from '../crypto/index.ts';
import type { CredentialDefinitions } from '../host-library/index.ts';
import type { I2c, I2cController, Pace } from '../i2c/index.ts';
import type { Rng } from '../rng/index.ts';
import type { Observe } from './events.ts';
import type { Dial } from './transport.ts';

/** A twin that can run, whatever its firmware. */
export interface Device {
  /** What the broker knows it by. */
  readonly clientId: string;
  /** Commands that its secure element has executed since it booted. */
  readonly chipCommands: number;
  /** Powers it up. It runs until `stop`. */
  boot(): void;
  /** Ends it as its firmware would at a polite reset. Nothing is observed from then on. */
  stop(): void;
}

/** What is non-volatile of one device: what provisioning left behind. */
export interface DeviceUnit {
  /** Its number in the fleet: device k draws from the branch ('device', k, …) of what is random. */
  readonly index: number;
  /** The last three bytes of the station's MAC address. */
  readonly macTail: Uint8Array;
  /** The CN of its certificate, ASCII. */
  readonly commonName: string;
  /** Its chip's memory, 1400 bytes; the chip works on it. */
  readonly memory: Uint8Array;
  /** Makes what the chip writes last: its controller then settles only when it does. Without it, it ends with the process. */
  readonly durable?: ((chip: WrittenChip, controller: I2cController) => I2cController) | undefined;
  /** Its own way to the network; without it, the fleet's. */
  readonly dial?: Dial | undefined;
}

/** A chip as the host of its memory sees it. */
export interface WrittenChip {
  readonly memory: Uint8Array;
  /** Rises with each write to `memory`. */
  readonly nonVolatileWrites: number;
}

/** What all devices of a fleet share, whatever their firmware. */
export interface FleetSurroundings {
  readonly broker: { readonly host: string; readonly port: number };
  /** Of the devices that have no way of their own. */
  readonly dial: Dial;
  /** The CAs that the devices trust: PEM text, or DER. */
  readonly trusted: readonly (string | Uint8Array)[];
  /** Compiled in: how certificates are rebuilt from the chip's slots. */
  readonly definitions: CredentialDefinitions;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Computes for chips and microcontrollers. */
  readonly crypto: ChipCrypto;
  /** The root of what chips and firmware draw. */
  readonly rng: Rng;
  /** The root of what is soldered on and stays the same from run to run: the sensors. */
  readonly parts: Rng;
  /** Replaces the whole telemetry period, ms. */
  readonly intervalMs?: number | undefined;
  /** Receives the secrets that decrypt the connections, where it is there. */
  readonly keyLog?: ((line: string) => void) | undefined;
}

/** Listens in on one device from inside. What it does not ask for costs nothing. */
export interface DeviceTap {
  /** Stands between the microcontroller and the bus of the secure element; `time` is that of each transfer on the fleet's clock. */
  secureElement?(bus: I2c, time: Time): I2c;
  /** Likewise for the bus of the sensor. */
  sensor?(bus: I2c, time: Time): I2c;
  /** One line of the serial console, without its end. */
  console?(line: string): void;
}

/** Puts a device together from what was provisioned. */
export type BuildDevice = (unit: DeviceUnit, observe: Observe, tap?: DeviceTap) => Device;
