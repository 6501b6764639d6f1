import { readFileSync } from 'node:fs';
import { EmuError } from '../../../emulator/errors.ts';
import { parseTranscript } from '../../../emulator/i2c/index.ts';
import { fileTrouble } from '../../base/index.ts';
import { compareExchanges, type Exchange, exchangesOf } from '../../chip/index.ts';
import type { TextOutput } from '../../report/index.ts';
import { type Arguments, positional, textOf } from '../command/index.ts';
import { EXIT, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';
import { parseAddress } from './values.ts';

/** Exchanges that stand before a difference, to find it in the file. */
const CONTEXT = 3;

/** `emu chip trace`. Resolves to the exit code. */
export async function chipTrace(args: Arguments, { stdout }: Io): Promise<number> {
  const file = positional(args, 'file', 'Write it like: emu chip trace device-0.i2c.txt');
  const address = parseAddress(textOf(args, 'address') ?? '60');
  const exchanges = exchangesIn(file, address);
  const other = textOf(args, 'compare');
  if (other !== undefined) return compare(exchanges, exchangesIn(other, address), args, stdout);
  if (args.json === true) printJson(stdout, 'emu-chip-trace/1', { exchanges: exchanges.map(plain) });
  else
    print(
      stdout,
      exchanges.flatMap((exchange) => lines(exchange, args)),
    );
  return EXIT.ok;
}

/** What went to and fro. A comparison of nothing would find no difference. */
function exchangesIn(file: string, address: number): Exchange[] {
  const exchanges = exchangesOf(transactionsIn(file), address);
  if (exchanges.length > 0) return exchanges;
  throw usageError(
    `${file} has no commands to a chip at ${address.toString(16).padStart(2, '0')}`,
    'Name its address with --address, and a transcript of its bus as emu run --trace writes it.',
  );
}

function transactionsIn(file: string) {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw usageError(`cannot read ${file}: ${fileTrouble(cause)}`, 'Check the path and who may read it.', cause);
  }
  try {
    return parseTranscript(text).map(({ transaction }) => transaction);
  } catch (error) {
    if (error instanceof EmuError) throw usageError(`${file}: ${error.message}`, error.hint ?? '', error);
    throw error;
  }
}

function compare(left: readonly Exchange[], right: readonly Exchange[], args: Arguments, stdout: TextOutput): number {
  const difference = compareExchanges(left, right, { bytes: args.bytes === true });
  const { before, behind } = difference;
  const same = difference.left.length === 0 && difference.right.length === 0;
  if (args.json === true) {
    const sides = { left: difference.left.map(plain), right: difference.right.map(plain) };
    printJson(stdout, 'emu-chip-trace-diff/1', { same, before, behind, ...sides });
  } else if (same) {
    print(stdout, [`no difference in ${before} commands`]);
  } else {
    print(stdout, [
      ...left.slice(Math.max(0, before - CONTEXT), before).flatMap((exchange) => lines(exchange, args, '  ')),
      ...difference.left.flatMap((exchange) => lines(exchange, args, '- ')),
      ...difference.right.flatMap((exchange) => lines(exchange, args, '+ ')),
      `the same: ${before} commands before, ${behind} behind`,
    ]);
  }
  return same ? EXIT.ok : EXIT.failed;
}

/** A line for a person, with `--bytes` also what went over the bus. */
function lines({ time, command, reply, sent, received }: Exchange, args: Arguments, mark = ''): string[] {
  const when = time === undefined ? '' : `${time.toFixed(3).padStart(10)}  `;
  const summary = `${mark}${when}${command.padEnd(30)}  ${reply === '' ? 'no reply' : reply}`;
  if (args.bytes !== true) return [summary];
  const margin = `${mark}${' '.repeat(when.length)}`;
  return [summary, `${margin}> ${hex(sent)}`, `${margin}< ${hex(received)}`].map((text) => text.trimEnd());
}

function plain({ time, command, reply, sent, received }: Exchange) {
  return { time: time ?? null, command, reply, sent: hex(sent), received: hex(received) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function printJson(stdout: TextOutput, schema: string, data: object): void {
  print(stdout, [JSON.stringify({ schema, ...data }, null, 2)]);
}

function print(stdout: TextOutput, lines: readonly string[]): void {
  stdout.write(lines.length === 0 ? '' : `${lines.join('\n')}\n`);
}
