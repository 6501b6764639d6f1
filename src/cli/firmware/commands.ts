import { shippedProfiles } from '../../base/index.ts';
import { type Command, option } from '../command/index.ts';
import { parseDuration } from '../options/index.ts';

export const FIRMWARE_HEADERS: Command = {
  words: ['firmware', 'headers'],
  summary: 'print the tables that the firmware in C is built with',
  description:
    'Makes a C file of a profile: the configuration of the chip, certificate templates, slots, addresses, topics and times. A firmware that is linked with it does what the twins of the profile do.',
  options: {
    profile: {
      ...option('Firmware', 'device profile: a shipped NAME, or a YAML FILE', 'esp32-mqtts'),
      values: shippedProfiles,
    },
    interval: {
      ...option('Firmware', 'telemetry period', "the profile's"),
      check: (text) => parseDuration('--interval', text),
    },
    out: option('Output', 'FILE that is written anew', 'the terminal'),
  },
  examples: [
    ['$0 firmware headers --profile azure-dps --out profile.c', 'for the firmware that registers at a DPS'],
    ['$0 firmware headers --interval 1s > fast.c', 'a message each second'],
  ],
  async run(args, io) {
    const { firmwareHeaders } = await import('./headers.ts');
    return firmwareHeaders(args, io);
  },
};
