import { type Command, flag, option, verbosity } from '../command/index.ts';
import { CA_OPTIONS } from '../options/index.ts';
import { RUN_OPTIONS } from '../run/index.ts';

export const FLEET_CREATE: Command = {
  words: ['fleet', 'create'],
  summary: 'make a fleet to keep, or go on making one',
  description:
    'Makes devices on all cores and keeps them in a directory. Interrupted, the same command goes on where it stopped.',
  options: {
    count: RUN_OPTIONS.count,
    out: option('Fleet', 'directory to make the fleet in'),
    profile: RUN_OPTIONS.profile,
    seed: RUN_OPTIONS.seed,
    ...CA_OPTIONS,
    json: flag('Output', 'what was made as JSON on stdout, progress on stderr'),
  },
  examples: [
    ['$0 fleet create --count 500 --out fleet', 'then: emu run --fleet fleet'],
    [
      '$0 fleet create --count 10000 --out fleet --ca-cert root.pem --ca-key root.key',
      'under your own root, which a broker may know already',
    ],
  ],
  async run(args, io) {
    const { fleetCreate } = await import('./create.ts');
    return fleetCreate(args, verbosity(args), io);
  },
};
