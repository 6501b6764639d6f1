import type { ChipCrypto } from '../../emulator/crypto/index.ts';
import type { Profile, Service } from '../../emulator/firmware/index.ts';
import type { Pace } from '../../emulator/i2c/index.ts';
import type { Resolution } from '../base/index.ts';
import type { EndedWorker } from '../metrics/index.ts';
import type { Segment } from '../store/index.ts';

export interface BrokerAddress {
  /** A host name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A CA of the caller's own for the fleet, so that a broker can be given it beforehand; see `loadCa`. */
export interface CaPem {
  readonly certificatePem: string;
  /** The key that belongs to the certificate. */
  readonly keyPem: string;
}

/** The embedded cloud of a run whose devices talk to Azure's services: a Device Provisioning Service (DPS) and IoT Hubs. */
export interface CloudPlan {
  /** Which DPS the devices ask for. */
  readonly idScope: string;
  /** Host names of the hubs that it assigns. */
  readonly hubs: readonly string[];
  /** Where what it knows of devices lasts; without it, it ends with the run. */
  readonly directory?: string;
}

/** Everything that decides a run, with the defaults filled in and every value checked. */
export interface RunPlan {
  readonly count: number;
  /** Arrivals per second, open-loop: one every 1/rate seconds, however slow the broker is. */
  readonly rate: number;
  /** From the first arrival to the end. */
  readonly durationMs: number;
  /** Replaces the firmware's telemetry period. */
  readonly intervalMs?: number;
  readonly profile: Profile;
  /** The profile as the user named it: a shipped name or a file. */
  readonly profileName: string;
  /** `embedded`: the run starts its own broker or cloud on loopback, in a child process. Of a cloud this is the DPS. */
  readonly broker: BrokerAddress | 'embedded';
  /** What is embedded is a cloud, because the firmware asks for one. */
  readonly cloud?: CloudPlan;
  /** The CAs that the devices trust: PEM certificates, or Node's own root list. Ignored with the embedded broker. */
  readonly trust: readonly string[] | 'system';
  readonly pace: Pace;
  /** What the devices' chips compute with. */
  readonly crypto: ChipCrypto['name'];
  /** Makes the run's keys and random numbers repeat; for tests only. */
  readonly seed?: string;
  /** Without it the fleet has a fresh root. */
  readonly ca?: CaPem;
  /** How long the certificates of the signer and the devices are valid; without it 10 years, and forever. */
  readonly years?: number;
  /** Processes that the devices are spread over; 1 is this one. At most as many as devices. */
  readonly workers: number;
  /** Local addresses, all of one family, from which the devices connect in turn; without them the system chooses. */
  readonly sourceAddresses?: readonly string[];
  /** Hosts that are reached elsewhere than the system's resolver says, by whoever connects in the run. */
  readonly resolutions?: readonly Resolution[];
  /** Devices of a persistent fleet, `count` of them, instead of new ones. */
  readonly persistent?: { readonly directory: string; readonly segment: Segment };
}

/** Where a run is; each phase is announced once, `provisioning` repeatedly, `worker ended` for each of them. */
export type FleetPhase =
  | { readonly phase: 'provisioning'; readonly provisioned: number; readonly of: number }
  /** `pid`: of the embedded broker's or cloud's process; `hubs`: of a cloud, where they are reached. */
  | {
      readonly phase: 'broker';
      readonly broker: BrokerAddress;
      readonly embedded: boolean;
      readonly service: Service;
      readonly pid?: number;
      readonly hubs?: readonly Resolution[];
    }
  /** The first device arrives now: the run's clock starts. */
  | { readonly phase: 'arriving' }
  /** The last planned device has arrived. */
  | { readonly phase: 'arrived' }
  /** A worker ended before the run did; the others go on. */
  | { readonly phase: 'worker ended'; readonly worker: EndedWorker }
  /** The time is over or the run was interrupted; the devices are still there and are closed next. */
  | { readonly phase: 'closing' };
