import type { RunPlan } from '../../run/index.ts';
import { requireDescriptors } from '../errors/index.ts';
import { requirePorts } from './ports.ts';
import { requireSourceAddresses } from './source-addresses.ts';

/** Whether this machine can hold the run. @throws EmuError EMU_E_DESCRIPTORS, EMU_E_USAGE */
export async function requireLimits(plan: RunPlan): Promise<void> {
  requireDescriptors(plan);
  requirePorts(plan);
  await requireSourceAddresses(plan);
}
