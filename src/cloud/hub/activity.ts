import type { PropertyBag } from './property-bag.ts';

/** What a device did since the cloud began. */
export interface DeviceActivity {
  connects: number;
  /** Messages to the cloud. */
  d2cMessages: number;
  /** Messages to the device that it acknowledged. */
  c2dCompleted: number;
  lastEvent?: DeviceEvent;
}

/** A message of a device, as its hub takes it. */
export interface DeviceEvent {
  readonly enqueuedTimeUtc: string;
  readonly properties: PropertyBag;
  /** As text where it is UTF-8 and short, otherwise its beginning. */
  readonly body: string;
  readonly bytes: number;
}

/** How often what happened at one hub. */
export interface HubCounters {
  connects: number;
  refused: number;
  /** Connections that ended because the same device opened another. */
  replaced: number;
  d2cMessages: number;
  d2cBytes: number;
  c2dSent: number;
  c2dCompleted: number;
  twinReads: number;
  twinPatches: number;
  methods: number;
}

export function noCounters(): HubCounters {
  return {
    ...{ connects: 0, refused: 0, replaced: 0, d2cMessages: 0, d2cBytes: 0 },
    ...{ c2dSent: 0, c2dCompleted: 0, twinReads: 0, twinPatches: 0, methods: 0 },
  };
}
