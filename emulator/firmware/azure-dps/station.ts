import type { BrokerRoute, FleetSurroundings, Observe } from '../../device/index.ts';
import type { Board, LoopSettings } from '../../esp32/index.ts';
import type { AteccDriver } from '../../host-library/index.ts';
import type { AzureDpsEvent } from './events.ts';
import type { AzureDpsProfile } from './profile.ts';

/** What all devices of a fleet of this firmware share. */
export interface AzureDpsFleet {
  readonly profile: AzureDpsProfile;
  /** To the DPS; the hubs have other hosts. */
  readonly route: BrokerRoute;
  readonly loop: LoopSettings;
  readonly surroundings: FleetSurroundings;
}

/** One device, for the parts of its firmware. */
export interface Station {
  readonly fleet: AzureDpsFleet;
  readonly board: Board;
  readonly atecc: AteccDriver;
  /** When it was powered up, on the fleet's clock. */
  readonly bootedAt: number;
  readonly observe: Observe<AzureDpsEvent>;
}
