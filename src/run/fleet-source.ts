import { randomBytes } from 'node:crypto';
import { rootRng } from '../../emulator/rng/index.ts';
import { anchorsOf, type Ca, caDocument, createCa, type Issuer, loadCa } from '../factory/index.ts';
import { beginRun, readFleet, readKeys } from '../store/index.ts';
import type { FleetSource } from './messages.ts';
import type { RunPlan } from './plan.ts';

/** What the coordinator has of a fleet: all but its devices. */
export interface RunFleet {
  /** Where the shards have their devices from. */
  readonly source: FleetSource;
  readonly ca: Pick<Ca, 'anchors' | 'organization'>;
  /** The issuer under the fleet's root. @throws EmuError EMU_E_FLEET_KEYS, EMU_E_FLEET_DAMAGED where its key is not at hand */
  signer(): Issuer;
  /** What `rootRng` takes for the run that begins now. @throws EmuError EMU_E_STORE_WRITE */
  begin(): Promise<string | Uint8Array>;
}

/** @throws EmuError EMU_E_FLEET_… of a persistent fleet, EMU_E_CA_… */
export function fleetOf(plan: RunPlan): RunFleet {
  return plan.persistent === undefined ? newFleet(plan) : persistentFleet(plan.persistent);
}

function newFleet({ seed, ca: own, profile, years }: RunPlan): RunFleet {
  const randomness = seed ?? Uint8Array.from(randomBytes(32));
  const rng = rootRng(randomness);
  const options = { rng, now: new Date(), names: profile.certificates, ...(years !== undefined && { years }) };
  const ca = own === undefined ? createCa(options) : loadCa(own, options);
  // Devices take the signer alone: the root's key stays here.
  const { rootKey, ...signing } = caDocument(ca);
  return {
    source: { kind: 'new', ca: signing, randomness },
    ca,
    signer: () => ca.signer,
    begin: () => Promise.resolve(randomness),
  };
}

function persistentFleet({ directory, segment }: NonNullable<RunPlan['persistent']>): RunFleet {
  const file = readFleet(directory);
  return {
    source: { kind: 'persistent', directory, segment },
    ca: { anchors: anchorsOf(file.authority), organization: file.authority.organization },
    signer: () => readKeys(directory, file).ca.signer,
    begin: () => beginRun(directory),
  };
}
