import { formatDevices } from '../../base/index.ts';
import { type FleetFile, rangeOf, readFleet, type Segment, wholeOf } from '../../store/index.ts';
import { type Arguments, textOf } from '../command/index.ts';
import { usageError } from '../errors/index.ts';
import { parseSegment } from '../options/index.ts';

/** What a persistent fleet decides for a run. */
export interface PersistentRun {
  readonly directory: string;
  readonly segment: Segment;
  readonly file: FleetFile;
  /** Devices in the segment. */
  readonly count: number;
}

/** Options with which a fleet was created, so that a run of it cannot set them. */
const DECIDED = ['count', 'profile', 'seed', 'ca-cert', 'ca-key', 'org', 'validity'] as const;

/** What `--fleet` and `--segment` ask for. @throws EmuError EMU_E_USAGE, EMU_E_FLEET_… */
export function persistentRun(args: Arguments, directory: string): PersistentRun {
  const contradiction = DECIDED.find((name) => args[name] !== undefined);
  if (contradiction !== undefined) {
    throw usageError(
      `--${contradiction} contradicts --fleet, which was created with its own`,
      'Leave it out, or create another fleet: emu fleet create --help',
    );
  }
  const segment = parseSegment(textOf(args, 'segment') ?? '0/1');
  const file = readFleet(directory);
  const { from, to } = rangeOf(wholeOf(file), segment);
  if (from === to) {
    throw usageError(
      `--segment ${segment.index}/${segment.of} is empty: the fleet has ${formatDevices(file.devices.count)}`,
      'Use at most as many segments as there are devices.',
    );
  }
  return { directory, segment, file, count: to - from };
}
