import { type Command, option } from '../command/index.ts';
import { usageError } from '../errors/index.ts';
import { parseCount, parseDevice } from '../options/index.ts';
import { RUN_OPTIONS } from '../run/index.ts';

const { profile, duration, interval, pace, seed, broker, ca, hub, org, validity } = RUN_OPTIONS;

/** Each is a process of its own, and three ports. */
const MOST_DEVICES = 1000;

/** @throws EmuError EMU_E_USAGE */
export function parseFirmwareCount(text: string): number {
  const count = parseCount('--count', text, 3);
  if (count <= MOST_DEVICES) return count;
  throw usageError(`--count must be at most ${MOST_DEVICES}, not ${text}`, 'Each device is a process of its own.');
}

/** @throws EmuError EMU_E_USAGE */
export function parseConsole(text: string, count: number): number | 'all' | 'none' {
  return text === 'all' || text === 'none' ? text : parseDevice('--console', text, count);
}

export const FIRMWARE_RUN: Command = {
  words: ['firmware', 'run'],
  summary: 'build the firmware in C and run it on virtual boards',
  description:
    'Compiles the firmware for this machine with the tables of a profile, has it personalise the chips of virtual boards, and runs it against a broker, each device in a process of its own. It needs gcc and libmbedtls-dev.',
  options: {
    profile,
    count: { ...option('Fleet', 'how many devices', '1'), check: parseFirmwareCount },
    duration,
    interval,
    pace,
    seed,
    broker,
    ca,
    'id-scope': RUN_OPTIONS['id-scope'],
    hub,
    'ca-cert': RUN_OPTIONS['ca-cert'],
    'ca-key': RUN_OPTIONS['ca-key'],
    org,
    validity,
    console: {
      ...option('Output', 'DEVICE (0 is the first) | all | none: whose serial consoles are shown', 'all'),
      values: () => ['all', 'none'],
    },
    json: RUN_OPTIONS.json,
  },
  examples: [
    ['$0 firmware run', 'one device on a board, against an embedded broker, with its console'],
    ['$0 firmware run --count 3 --interval 1s --console none', 'three devices that publish each second'],
    ['$0 firmware run --profile azure-dps', 'one that registers at a DPS of the embedded cloud'],
    [
      '$0 firmware run --broker mqtts://broker.example.com --ca ca.pem --ca-cert root.pem --ca-key root.key',
      'your broker',
    ],
  ],
  async run(args, io) {
    const { firmwareRun } = await import('./run.ts');
    return firmwareRun(args, io);
  },
};
