import { type FaultyReport, faultOf } from './fault.ts';
import { formatCount } from './format.ts';
import type { RunReport } from './run-report.ts';
import { isStarved } from './starved.ts';

const WORDS = {
  none: 'nothing failed',
  broker: 'the broker',
  network: 'the network or its names',
  device: 'the devices themselves',
  generator: 'the load generator itself: its workers, ports or file descriptors',
  unknown: 'cannot be told: the load generator was late during all of them',
} as const;
/** Of devices that talk to Azure's services. */
const CLOUD = 'the DPS or the hub';
const NO_CPU = 'cannot be told: this machine had too few cores for the broker and the devices';

/** One line on whose fault the failures are. */
export function faultText(report: FaultyReport & Pick<RunReport, 'provisioning'>): string {
  const { side, failures } = faultOf(report);
  if (side === 'none') return `Fault    ${WORDS.none}`;
  const named = side === 'broker' && report.provisioning !== undefined ? CLOUD : WORDS[side];
  const words = side === 'unknown' && isStarved(report) ? NO_CPU : named;
  const what = failures === 1 ? 'failed attempt or lost connection' : 'failed attempts and lost connections';
  return `Fault    ${words} (${formatCount(failures)} ${what})`;
}
