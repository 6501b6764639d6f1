import type { RunPlan } from '../../run/index.ts';
import { requireDescriptors } from './descriptors.ts';
import { memoryWarning } from './memory.ts';
import { requirePorts } from './ports.ts';
import { requireSourceAddresses } from './source-addresses.ts';

/**
 * Whether this machine can hold the run. Resolves to warnings, one line each.
 * @throws EmuError EMU_E_DESCRIPTORS, EMU_E_MEMORY, EMU_E_USAGE
 */
export async function requireLimits(plan: RunPlan): Promise<readonly string[]> {
  requireDescriptors(plan);
  requirePorts(plan);
  await requireSourceAddresses(plan);
  const warning = memoryWarning(plan);
  return warning === undefined ? [] : [warning];
}
