import { expect } from 'vitest';
import { atecc608Decoder, OPCODE, WORD_ADDRESS } from '../../emulator/atecc608/index.ts';
import { bme280Decoder, PRESS_MSB } from '../../emulator/bme280/index.ts';
import { normalise, type Transaction, transcript } from '../../emulator/i2c/index.ts';

const CHIP = 0x60;

/**
 * A chip's bus as lines of text in which two hosts that do the same differ in nothing: reads in pieces are one, polls are left
 * out, and so are times. What a TLS connection makes different is x, byte for byte: digests, shared secrets and signatures.
 */
export function chipLines(transactions: readonly Transaction[]): string[] {
  const common = normalise(transactions).map((each) => ({ ...each, stop: true }));
  let opcode = 0;
  return lines(common, new Map([[CHIP, atecc608Decoder]])).map((line, index) => {
    const { kind, bytes } = common[index] as Transaction;
    const isCommand = kind === 'write' && bytes[0] === WORD_ADDRESS.Command;
    if (isCommand) opcode = bytes[2] ?? 0;
    const hasData = kind === 'write' ? isCommand && bytes.length > SHORTEST : bytes.length > STATUS;
    return hasData && OF_THE_CONNECTION.has(opcode) ? concealed(line, kind === 'write' ? HEAD : COUNT) : line;
  });
}

/** The sensor's bus, likewise, without what it measures. */
export function sensorLines(transactions: readonly Transaction[], address: number): string[] {
  return lines(normalise(transactions), new Map([[address, bme280Decoder]])).map((line, index, all) =>
    all[index - 1]?.includes(` ${PRESS_MSB.toString(16).toUpperCase()} `) ? concealed(line, 0) : line,
  );
}

/** The samples of a sensor's bus, in hexadecimal. */
export function samples(transactions: readonly Transaction[]): string[] {
  return transactions
    .filter(({ kind, bytes }, index) => {
      const before = transactions[index - 1];
      return kind === 'read' && bytes.length === SAMPLE && before?.bytes[0] === PRESS_MSB;
    })
    .map(({ bytes }) => Buffer.from(bytes).toString('hex'));
}

/** A console without what differs from run to run: times and packet ids. Its two tasks, whose lines mix as they come. */
export function consoleLines(console: readonly string[]): { loop: string[]; client: string[] } {
  const common = console.map((line) =>
    line.replace(/^([IWE]) \(\d+\)/, '$1 (*)').replace(/msg_id=[1-9]\d*/, 'msg_id=*'),
  );
  // The loop begins behind what app_main prints of the client's start.
  const start = common.findLastIndex((line) => line.includes('[APP] Free memory:'));
  const isOfLoop = (line: string, index: number) => index > start && OF_LOOP.some((words) => line.includes(words));
  return { loop: common.filter(isOfLoop), client: common.filter((line, index) => !isOfLoop(line, index)) };
}

const OF_LOOP = ['Free Heap Size', 'Stack remaining', 'Client has not connected', 'measure error'];

const SAMPLE = 8;
/** Word address, count, opcode, param1, param2, CRC: a command without data. */
const SHORTEST = 8;
/** Count, status, CRC. */
const STATUS = 4;
/** What of the bytes stays: of a command all before its data, of a reply the count. */
const [HEAD, COUNT] = [6, 1];
/** Commands whose data, or reply, comes of a connection's random numbers. */
const OF_THE_CONNECTION: ReadonlySet<number> = new Set([OPCODE.Nonce, OPCODE.Sign, OPCODE.ECDH]);

function lines(transactions: readonly Transaction[], decoders: Parameters<typeof transcript>[1]): string[] {
  return transcript(
    transactions.map((each) => ({ ...each, time: undefined })),
    decoders,
  );
}

/** `W 60 03 …` with the bytes behind the first `kept` as xx. */
function concealed(line: string, kept: number): string {
  const [transfer = '', comment = ''] = line.split(' ; ');
  const [kind = '', address = '', ...bytes] = transfer.split(' ');
  const shown = bytes.map((byte, index) => (index < kept ? byte : 'xx'));
  return `${[kind, address, ...shown].join(' ')} ; ${comment}`;
}

/** Two that do the same and end at different moments: the shorter list is how the longer begins, and they differ in length by a few. */
export function expectSameBeginning(
  actual: readonly string[] = [],
  expected: readonly string[] = [],
  difference: number,
): void {
  const shorter = Math.min(actual.length, expected.length);
  expect(shorter).toBeGreaterThan(0);
  expect(actual.slice(0, shorter)).toEqual(expected.slice(0, shorter));
  expect(Math.abs(actual.length - expected.length)).toBeLessThanOrEqual(difference);
}
