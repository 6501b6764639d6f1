import { totalmem } from 'node:os';
import { EmuError } from '../../../emulator/errors.ts';
import { formatDevices } from '../../base/index.ts';
import { formatBytes } from '../../report/index.ts';
import type { RunPlan } from '../../run/index.ts';

/**
 * Resident bytes of a process beside those of its devices. On Node 20 a worker has 98 MB with one device and 115 MB with 50,
 * whose code is compiled by then. 40 to 50 MB of it are pages that all processes of the program share.
 */
export const PROCESS_BYTES = 120_000_000;

/**
 * Resident bytes, measured with 1,000, 3,000 and 8,000 devices of esp32-mqtts on Node 20: 152, 185 and 344 MB in the process of
 * the devices, 135, 225 and 453 MB in that of the embedded broker; with 500 and 5,000 of azure-dps 150 and 500 MB in that of the
 * embedded cloud. A capture and a broker that does not read come on top.
 */
const MEASURED = { device: 30_000, deviceAtEmbeddedBroker: 48_000, deviceAtEmbeddedCloud: 80_000 } as const;
/** Garbage that was not collected yet, and what other programs take meanwhile. */
const HEAD_ROOM = 1.5;

/** In bytes, under whatever limit the process has. */
export interface Memory {
  readonly total: number;
  readonly available: number;
}

export function thisMachine(): Memory {
  // biome-ignore lint/style/noRestrictedGlobals: limits of the process that nothing else gives.
  const { availableMemory, constrainedMemory } = process;
  // Without a limit it is 0, or more than any machine has.
  return { total: Math.min(totalmem(), constrainedMemory() || Number.POSITIVE_INFINITY), available: availableMemory() };
}

type SizedPlan = Pick<RunPlan, 'count' | 'workers' | 'broker' | 'cloud'>;

/** What a run takes in all its processes. */
function needed({ count, workers, broker, cloud }: SizedPlan): number {
  const embedded = broker === 'embedded';
  const processes = 1 + (workers > 1 ? workers : 0) + (embedded ? 1 : 0);
  const there = cloud === undefined ? MEASURED.deviceAtEmbeddedBroker : MEASURED.deviceAtEmbeddedCloud;
  return processes * PROCESS_BYTES + count * (MEASURED.device + (embedded ? there : 0));
}

/**
 * A line to print before a run that may be short of memory; nothing before others.
 * @throws EmuError EMU_E_MEMORY for a run that cannot fit
 */
export function memoryWarning(plan: SizedPlan, { total, available }: Memory = thisMachine()): string | undefined {
  const bytes = needed(plan);
  const need = `${formatDevices(plan.count)} ${plan.count === 1 ? 'needs' : 'need'} about ${formatBytes(bytes * HEAD_ROOM)} of memory`;
  const remedy = 'run fewer devices, or segments of a persistent fleet on several machines (--segment)';
  if (bytes > total) {
    throw new EmuError('EMU_E_MEMORY', `${need}, and there are ${formatBytes(total)} in all`, {
      value: total,
      hint: `To go on, ${remedy}.`,
    });
  }
  if (bytes * HEAD_ROOM <= available) return undefined;
  return `warning: ${need}, and ${formatBytes(available)} are available: ${remedy}`;
}
