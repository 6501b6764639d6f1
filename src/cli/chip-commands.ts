import { type Command, flag, option } from './command.ts';

const SOURCE = 'hexadecimal digits, a file of them, a YAML or JSON file, or DIR:DEVICE of a kept fleet';

export const CHIP_CONFIG: Command = {
  words: ['chip', 'config'],
  positionals: ['source'],
  summary: "read, convert, compare or check a chip's configuration",
  description: `Decodes the configuration zone of an ATECC608A. SOURCE: ${SOURCE}.`,
  options: {
    format: {
      ...option('Output', 'table | hex | yaml | json', 'table'),
      values: () => ['table', 'hex', 'yaml', 'json'],
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
  async run(args) {
    const { chipConfig } = await import('./chip-config.ts');
    return chipConfig(args);
  },
};
