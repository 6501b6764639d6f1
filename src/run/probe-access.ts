import type { Rng } from '../../emulator/rng/index.ts';
import type { Resolve } from '../base/index.ts';
import { clientCertificate, type LeafCertificate } from '../factory/index.ts';
import type { Published } from '../probe/index.ts';
import type { RunBroker } from './broker.ts';
import type { RunFleet } from './fleet-source.ts';
import type { BrokerAddress } from './plan.ts';

/** What a client beside the fleet needs to connect as the devices do. */
export interface ProbeAccess {
  readonly broker: BrokerAddress;
  /** What the broker's certificate is for. */
  readonly serverName: string;
  /** PEM of the trusted CAs, or Node's own list. */
  readonly trusted: readonly string[] | 'system';
  /** Under the fleet's signer. */
  readonly identity: LeafCertificate;
}

/** A client beside the fleet. */
export interface FleetProbe {
  /** What devices have published. */
  sent(batch: Published): void;
  /** Every device is closed, the broker is still there. Never rejects. */
  finish(): Promise<void>;
}

const COMMON_NAME = 'emu-probe';

/** @throws EmuError EMU_E_FLEET_KEYS, EMU_E_FLEET_DAMAGED when the key of the fleet's signer is not at hand */
export function probeAccess(fleet: RunFleet, broker: RunBroker, resolve: Resolve, rng: Rng): ProbeAccess {
  const { organization } = fleet.ca;
  const identity = clientCertificate({
    ...{ signer: fleet.signer(), organization, commonName: COMMON_NAME, now: new Date(), rng },
  });
  const { address, trusted } = broker;
  return { broker: resolve(address), serverName: address.host, trusted, identity };
}
