import { repairFleet } from '../../store/index.ts';
import { calledAs } from '../called-as.ts';
import { type Arguments, positional, type Verbosity } from '../command/index.ts';
import { EXIT } from '../errors/index.ts';
import { type Io, onInterrupt } from '../io/index.ts';
import { ProvisioningView } from './provisioning-view.ts';

/** `emu fleet repair`. Resolves to the exit code. */
export async function fleetRepair(args: Arguments, { quiet }: Verbosity, io: Io): Promise<number> {
  const directory = positional(args, 'dir', 'Name the directory of a fleet: emu fleet repair DIR');
  const view = new ProvisioningView(io.stdout, io.environment, quiet);
  const interrupt = onInterrupt(io, () =>
    view.note('interrupted: finishing the devices under way; interrupt again to stop at once'),
  );
  try {
    const { fleet, lost, remade, damaged } = await repairFleet(directory, {
      signal: interrupt.signal,
      onProgress: (made, of) => view.made(made, of),
    });
    view.end();
    const { count } = fleet.devices;
    view.note(`${directory}: ${count - lost.length} of ${count} devices are intact`);
    if (damaged !== undefined) view.note(`the damaged store is kept, with the keys in it: ${damaged}`);
    if (remade.length > 0) {
      view.note(`made again, with their keys and serial numbers: ${remade.join(', ')}`);
      view.note('their certificates are signed anew, and what their chips stored since they were created is gone');
    }
    if (remade.length === lost.length) return EXIT.ok;
    const missing = lost.length - remade.length;
    view.note(`${missing} are still missing: ${calledAs(io.environment)} fleet repair ${directory} continues`);
    return EXIT.interrupted;
  } finally {
    view.end();
    interrupt.release();
  }
}
