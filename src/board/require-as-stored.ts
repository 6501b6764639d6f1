import { EmuError } from '../../emulator/errors.ts';
import { type BoardFile, readFleet } from '../store/index.ts';
import type { BoardRequest } from './request.ts';

/** What is requested must be what is stored: nothing that was stored is thrown away. @throws EmuError EMU_E_BOARD_STATE */
export function requireAsStored(file: BoardFile, { state, count, chips, sensor, fleet, seed }: BoardRequest): void {
  const differences: string[] = [];
  const [first] = file.boards;
  if (count !== undefined && count !== file.boards.length) {
    differences.push(`it has ${file.boards.length} boards, not ${count}`);
  }
  if (chips !== undefined && JSON.stringify(chips) !== JSON.stringify(first?.chips)) differences.push('other chips');
  if (sensor !== undefined && sensor !== first?.sensor) differences.push('another sensor');
  if (seed !== undefined && seed !== file.seed) differences.push('another seed');
  if (fleet !== undefined) {
    const same = file.fleet?.id === readFleet(fleet.directory).id && file.fleet.first === fleet.first;
    if (!same) differences.push('chips of another origin');
  }
  if (differences.length === 0) return;
  throw new EmuError('EMU_E_BOARD_STATE', `${state} has other boards than requested: ${differences.join('; ')}`, {
    value: state,
    hint: 'Leave those options out to continue with the stored boards, or name another --state.',
  });
}
