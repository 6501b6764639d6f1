import { randomBytes } from 'node:crypto';
import { rootRng } from '../../../emulator/rng/index.ts';
import { formatDevices } from '../../base/index.ts';
import { createCa, loadCa } from '../../factory/index.ts';
import { loadProfile } from '../../profile/index.ts';
import { createFleet } from '../../store/index.ts';
import { readCa } from '../ca/index.ts';
import { calledAs } from '../called-as.ts';
import { type Arguments, pairOfRootFiles, textOf, type Verbosity } from '../command/index.ts';
import { EXIT, usageError } from '../errors/index.ts';
import { type Io, onInterrupt } from '../io/index.ts';
import { parseDevices, withOrganization, yearsOf } from '../options/index.ts';
import { DEFAULTS } from '../run/index.ts';
import { ProvisioningView } from './provisioning-view.ts';

/** `emu fleet create`. Resolves to the exit code. */
export async function fleetCreate(args: Arguments, { quiet }: Verbosity, io: Io): Promise<number> {
  const directory = textOf(args, 'out');
  if (directory === undefined) throw usageError('--out is missing', 'Name the directory to create the fleet in.');
  const count = parseDevices(textOf(args, 'count') ?? DEFAULTS.count);
  const profile = withOrganization(loadProfile(textOf(args, 'profile') ?? DEFAULTS.profile), args);
  const years = yearsOf(args);
  const rootFiles = pairOfRootFiles(args);
  const own = readCa(rootFiles, profile, years);
  const seed = textOf(args, 'seed');
  const entropy = Uint8Array.from(randomBytes(32));
  const now = new Date();
  const caOptions = { rng: rootRng(seed ?? entropy), now, names: profile.certificates, ...years };

  const output = args.json === true ? io.stderr : io.stdout;
  const view = new ProvisioningView(output, io.environment, quiet);
  const interrupt = onInterrupt(io, () =>
    view.note('interrupted: finishing the devices under way; interrupt again to stop at once'),
  );
  const began = performance.now();
  try {
    const { fleet, before, made } = await createFleet({
      directory,
      count,
      profile,
      seed,
      entropy,
      ca: () => (own === undefined ? createCa(caOptions) : loadCa(own, caOptions)),
      now,
      signal: interrupt.signal,
      onProgress: (made, of) => view.made(made, of),
    });
    view.end();
    if (seed !== undefined) {
      view.note('note: the keys come from --seed and anyone can generate them again: for tests only');
    }
    const complete = made === count;
    if (args.json === true) {
      const result = { schema: 'emu-fleet-created/1', directory, id: fleet.id, devices: count, made, before, complete };
      io.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    } else {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (complete)
        view.note(`${directory}: ${formatDevices(count)}, ${made - before} of them provisioned in ${seconds}s`);
      else view.note(`${directory}: ${made} of ${formatDevices(count)}; the same command continues`);
      if (complete) view.note(`run them: ${calledAs(io.environment)} run --fleet ${directory}`);
    }
    return complete ? EXIT.ok : EXIT.interrupted;
  } finally {
    view.end();
    interrupt.release();
  }
}
