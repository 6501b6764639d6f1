import { type Command, flag, option } from '../command/index.ts';
import { EXIT } from '../errors/index.ts';
import { cryptoOption, VARIANTS, variantOf } from '../options/index.ts';
import { FORMATS, LOCKS, parseAddress, parseFormat, parseLock } from './values.ts';

const SOURCE = 'hexadecimal digits, a file of them, a YAML or JSON file, or DIR:DEVICE of a persistent fleet';

export const CHIP_CONFIG: Command = {
  words: ['chip', 'config'],
  positionals: ['source'],
  summary: "read, convert, compare or check a chip's configuration",
  description: `Decodes the configuration zone of an ATECC608A. SOURCE: ${SOURCE}.`,
  options: {
    format: {
      ...option('Output', 'table | hex | yaml | json', 'table'),
      values: () => FORMATS,
      check: parseFormat,
    },
    diff: option('Check', 'another SOURCE: shows only the fields that differ, and ends with 1 if any does'),
    lint: flag('Check', 'shows only what is dangerous and why, and ends with 1 if anything is'),
  },
  examples: [
    ['$0 chip config fleet:0', 'the first device of the fleet in the directory fleet'],
    ['$0 chip config config.hex --format yaml > config.yaml', 'to edit; back again with --format hex'],
    ['$0 chip config config.yaml --diff fleet:0', 'what differs'],
    ['$0 chip config config.hex --lint', 'readable keys, replaceable identities, open zones'],
  ],
  async run(args, io) {
    const { chipConfig } = await import('./config.ts');
    return chipConfig(args, io);
  },
};

export const CHIP_EXEC: Command = {
  words: ['chip', 'exec'],
  positionals: ['command', 'param1', 'param2', 'data'],
  summary: 'send commands to a chip and decode its replies',
  description:
    'Runs COMMAND with its parameters in hexadecimal, or a packet from count to CRC. Quote several commands and separate them by ;. The chip is a copy: what the commands change is not stored.',
  options: {
    chip: option('Chip', SOURCE, 'a factory-fresh part'),
    variant: {
      ...option('Chip', 'a fresh part of this kind, instead of --chip', 'ATECC608A'),
      values: () => VARIANTS,
      check: (text) => variantOf('--variant', text),
    },
    lock: {
      ...option('Chip', 'none | config | both: what is locked before the first command', 'as it is'),
      values: () => LOCKS,
      check: parseLock,
    },
    crypto: cryptoOption('Chip'),
    seed: option('Chip', 'any text: repeats its random numbers', 'from the system'),
    json: flag('Output', 'as JSON'),
  },
  examples: [
    ['$0 chip exec Info', 'the revision of a fresh part'],
    ['$0 chip exec GenKey 04 0 --lock config', 'generates a private key in slot 0'],
    ["$0 chip exec 'Random; Read 80 0' --chip fleet:0", 'two commands to the first device of a fleet'],
    ['$0 chip exec 0730000000035D', 'a packet as it goes over the bus'],
  ],
  async run(args, io) {
    const { chipExec } = await import('./exec.ts');
    return chipExec(args, io);
  },
};

export const CHIP_TRACE: Command = {
  words: ['chip', 'trace'],
  positionals: ['file'],
  summary: "decode or compare transcripts of a chip's bus",
  description:
    'Shows the commands to the chip in a transcript of its bus, as emu run --trace writes it, and the replies.',
  options: {
    compare: option('Check', 'another transcript: shows where the two differ, and ends with 1 if they do'),
    bytes: flag('Check', 'shows and compares every byte, random numbers and signatures too'),
    address: { ...option('Chip', 'I2C address, 7 bits in hexadecimal', '60'), check: parseAddress },
    json: flag('Output', 'as JSON, with the bytes'),
  },
  examples: [
    ['$0 chip trace results/device-0.i2c.txt', 'a line for each command'],
    ['$0 chip trace twin.txt --compare board.txt', 'whether firmware and twin send the chip the same commands'],
  ],
  async run(args, io) {
    const { chipTrace } = await import('./trace.ts');
    return chipTrace(args, io);
  },
};

export const CHIP_ROOT: Command = {
  words: ['chip', 'root'],
  summary: 'print the root certificate of virtual TNGTLS parts',
  description:
    "Prints the certificate, PEM, under which every virtual ATECC608A-TNGTLS has its own. A host program needs it in the place of Microchip's. Its key is public: trust it in tests only.",
  options: {},
  examples: [
    ['$0 chip root > root.pem', 'for a program that verifies the certificates of emu board --chip ATECC608A-TNGTLS'],
  ],
  async run(_args, { stdout }) {
    const { trustAndGoRootPem } = await import('../../factory/index.ts');
    stdout.write(trustAndGoRootPem());
    return EXIT.ok;
  },
};
