import { type Command, flag, option } from '../command/index.ts';
import { parsePace } from '../options/index.ts';
import { chipsOf, parseBoards, portOf, sensorOf, uartOf } from './request.ts';

export const BOARD: Command = {
  words: ['board'],
  rest: 'PROGRAM ARGS',
  summary: 'virtual boards that real host software talks to',
  description:
    'Serves boards on the loopback interface until Ctrl-C. Each is an I2C bus with an ATECC608A at 60 and a BME280 at 76; docs/board.md describes how programs reach it. With --exec, runs a program that finds board k as /dev/i2c-k and /dev/ttyEMUk, and ends with its exit code.',
  options: {
    count: { ...option('Boards', 'number of boards', '1'), check: parseBoards },
    chip: {
      ...option('Boards', 'ADDRESS, VARIANT or ADDRESS:VARIANT of a chip, 7 bits in hexadecimal; several: 60,35', '60'),
      check: chipsOf,
    },
    sensor: { ...option('Boards', 'address of the BME280, or none', '76'), check: sensorOf },
    fleet: option('Boards', 'DIR of a persistent fleet, whose chips are copied; DIR:DEVICE starts with that device'),
    state: option('Boards', 'DIR to store the chips in; each change is on the disk before its reply', 'in memory'),
    seed: option('Boards', 'any text: repeats keys and random numbers, for tests only', 'from the system'),
    pace: {
      ...option('Boards', 'fast | hardware: hardware waits the execution times of commands', 'fast'),
      values: () => ['fast', 'hardware'],
      check: parsePace,
    },
    port: {
      ...option('Ports', 'the first of three for each board: I2C, kit text, control', 'free ones'),
      check: portOf,
    },
    uart: {
      ...option(
        'Ports',
        'tcp | tcp:PORT | pty: a serial line of each board, on which the firmware of a factory provisions the chip at 60',
        'none',
      ),
      values: () => ['tcp', 'pty'],
      check: uartOf,
    },
    exec: flag('Program', 'runs the PROGRAM behind -- on the boards, and ends with its exit code'),
    json: flag('Output', 'the ports as one line of JSON, with --exec on stderr'),
  },
  examples: [
    ['$0 board', 'one board; prints its ports'],
    ['$0 board --count 4 --state rig --port 7000', 'four persistent boards'],
    ['$0 board --exec -- i2cdetect -y 0', 'a program that uses /dev/i2c-0'],
    ['$0 board --state rig --uart pty', 'a board that a factory script provisions'],
    ['$0 board --chip 60,35:ATECC608A-TNGTLS --sensor none', 'two secure elements on one bus'],
  ],
  async run(args, io) {
    const { board } = await import('./board.ts');
    return board(args, io);
  },
};
