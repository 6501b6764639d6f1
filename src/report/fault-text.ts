import type { RunSummary } from '../metrics/index.ts';
import { faultOf } from './fault.ts';
import { formatCount } from './format.ts';

const WORDS = {
  none: 'nothing failed',
  broker: 'the broker',
  network: 'the network or its names',
  device: 'the devices themselves',
  generator: 'cannot be told: the load generator was late during all of them',
} as const;

/** One line on whose fault the failures are. */
export function faultText(summary: RunSummary): string {
  const { side, failures } = faultOf(summary);
  if (side === 'none') return `Fault    ${WORDS.none}`;
  return `Fault    ${WORDS[side]} (${formatCount(failures)} failed attempts and lost connections)`;
}
