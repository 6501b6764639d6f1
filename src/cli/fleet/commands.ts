import { type Command, flag, option, verbosity } from '../command/index.ts';
import { parseSegment } from '../options/index.ts';
import { BROKER_OPTIONS } from './export-options.ts';

export const FLEET_LIST: Command = {
  words: ['fleet', 'list'],
  positionals: ['dir'],
  summary: 'list the devices of a persistent fleet',
  description: 'Lists the devices of the fleet in DIR: number, serial number, client id.',
  options: { json: flag('Output', 'as JSON') },
  examples: [['$0 fleet list fleet', 'every device, a line each']],
  async run(args, io) {
    const { fleetList } = await import('./list.ts');
    return fleetList(args, io);
  },
};

export const FLEET_SHOW: Command = {
  words: ['fleet', 'show'],
  positionals: ['dir', 'device'],
  summary: 'show one device of a persistent fleet',
  description:
    'Shows locks, counters, slots and certificates of DEVICE in the fleet in DIR. DEVICE is a number, a serial number or a client id.',
  options: { json: flag('Output', 'as JSON, with the certificates as PEM') },
  examples: [
    ['$0 fleet show fleet 0', 'the first device'],
    ['$0 fleet show fleet ESP32_0A1B2C --json', 'by its client id, for a machine to read'],
  ],
  async run(args, io) {
    const { fleetShow } = await import('./show.ts');
    return fleetShow(args, io);
  },
};

export const FLEET_REPAIR: Command = {
  words: ['fleet', 'repair'],
  positionals: ['dir'],
  summary: 'make the lost devices of a damaged fleet again',
  description:
    'Stores the intact devices of the fleet in DIR anew, and makes the others again, with the keys and serial numbers that they were created with. What their chips stored since then is gone, and their certificates are signed anew. The damaged store is kept beside the new one.',
  options: {},
  examples: [['$0 fleet repair fleet', 'after an error said that the fleet is damaged']],
  async run(args, io) {
    const { fleetRepair } = await import('./repair.ts');
    return fleetRepair(args, verbosity(args), io);
  },
};

export const FLEET_EXPORT: Command = {
  words: ['fleet', 'export'],
  positionals: ['dir'],
  summary: 'set up a broker for a persistent fleet, copy a part of it, or write its certificates',
  description:
    'Writes one of: files with which a broker accepts the devices of the fleet in DIR (--for), a part of the fleet for another machine (--segment), its certificates (--certificates), or the proof of possession that a cloud requires of a CA (--prove-possession). A part has no private keys of CAs. Run each device in one place only: its copies would diverge.',
  options: {
    ...BROKER_OPTIONS,
    segment: { ...option('Fleet', 'i/n: part i of n, counted from 0'), check: parseSegment },
    certificates: flag('Fleet', 'root, signer and devices as PEM'),
    'prove-possession': option('Fleet', "a cloud's CODE: certificates with this CN, by the signer and the root"),
    out: option('Fleet', 'directory to write into, empty or new', 'named after the export'),
    json: flag('Output', 'with --for: the files and the lines as JSON'),
  },
  examples: [
    ['$0 fleet export fleet --for mosquitto --hostname localhost', 'mosquitto/, and three lines to paste'],
    ['$0 fleet export fleet --segment 0/2 --out shard-0', 'the first half; then: emu run --fleet shard-0'],
    ['$0 fleet export fleet --certificates --out certificates', 'a file for each device'],
  ],
  async run(args, io) {
    const { fleetExport } = await import('./export.ts');
    return fleetExport(args, io);
  },
};
