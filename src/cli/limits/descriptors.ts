import { EmuError } from '../../../emulator/errors.ts';
import { formatDevices } from '../../base/index.ts';
import type { RunPlan } from '../../run/index.ts';
import { descriptorLimit } from '../errors/index.ts';

/** Standard streams, event loop, files of the run and the embedded broker's pipes, with room to spare. */
const OWN_DESCRIPTORS = 64;

/**
 * Each device holds one socket in its worker, and one in the embedded broker's process, where that is. Children have the
 * limit of this process. Node has raised the soft limit to the hard one already when it started.
 */
export function requireDescriptors(
  { count, workers, broker, cloud }: Pick<RunPlan, 'count' | 'workers' | 'broker' | 'cloud'>,
  limit: number = descriptorLimit(),
): void {
  const embedded = broker === 'embedded';
  const sockets = embedded ? count : Math.ceil(count / workers);
  const needed = sockets + OWN_DESCRIPTORS;
  if (needed <= limit) return;
  const service = cloud === undefined ? 'broker' : 'cloud';
  const where = embedded ? `, which the embedded ${service} has in one process` : ' in each of --workers';
  throw new EmuError(
    'EMU_E_DESCRIPTORS',
    `${formatDevices(sockets)} ${sockets === 1 ? 'needs' : 'need'} ${needed} file descriptors, and ${limit} are allowed`,
    {
      value: limit,
      hint: `Raise the hard limit (as root: ulimit -Hn ${needed}; or LimitNOFILE= of the service), or run at most ${formatDevices(Math.max(0, limit - OWN_DESCRIPTORS))}${where}.`,
    },
  );
}
