import { type Command, flag, option, verbosity } from '../command/index.ts';
import { CA_OPTIONS } from '../options/index.ts';
import { RUN_OPTIONS } from '../run/index.ts';

export const FLEET_CREATE: Command = {
  words: ['fleet', 'create'],
  summary: 'create a persistent fleet, or continue an interrupted creation',
  description:
    'Provisions devices on all cores and stores them in a directory. After an interruption the same command continues.',
  options: {
    count: RUN_OPTIONS.count,
    out: option('Fleet', 'directory to create the fleet in'),
    profile: RUN_OPTIONS.profile,
    seed: RUN_OPTIONS.seed,
    ...CA_OPTIONS,
    json: flag('Output', 'the result as JSON on stdout, progress on stderr'),
  },
  examples: [
    ['$0 fleet create --count 500 --out fleet', 'then: emu run --fleet fleet'],
    [
      '$0 fleet create --count 10000 --out fleet --ca-cert root.pem --ca-key root.key',
      'under your own root, which a broker may trust already',
    ],
  ],
  async run(args, io) {
    const { fleetCreate } = await import('./create.ts');
    return fleetCreate(args, verbosity(args), io);
  },
};
