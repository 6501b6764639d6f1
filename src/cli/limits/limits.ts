import { firmwareOf } from '../../../emulator/firmware/index.ts';
import { resolveBy } from '../../base/index.ts';
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
  const { resolutions = [] } = plan;
  const broker = plan.broker === 'embedded' ? plan.broker : resolveBy(resolutions)(plan.broker);
  requirePorts({ ...plan, broker }, firmwareOf(plan.profile).service(plan.profile) === 'azure');
  for (const reached of [broker, ...resolutions.map(({ to }) => to)]) {
    await requireSourceAddresses({ ...plan, broker: reached });
  }
  const warning = memoryWarning(plan);
  return warning === undefined ? [] : [warning];
}
