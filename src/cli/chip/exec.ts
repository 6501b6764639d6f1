import { randomBytes } from 'node:crypto';
import { Atecc608, STATUS, type VariantName } from '../../../emulator/atecc608/index.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { type Rng, rootRng } from '../../../emulator/rng/index.ts';
import { chipCrypto } from '../../base/index.ts';
import { type Exchange, parseChipCommand, runPacket } from '../../chip/index.ts';
import { type Arguments, positional, textOf, verbosity } from '../command/index.ts';
import { EXIT, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';
import { parseCrypto, variantOf } from '../options/index.ts';
import { chipMemory, freshMemory } from './source.ts';
import { type Lock, parseLock } from './values.ts';

const HINT = "Write it like: emu chip exec GenKey 04 0000, or: emu chip exec 'Nonce 03 0 …; Sign 80 0'";

/** Where the locks stand in the configuration. */
const LOCK_VALUE = 86;
const LOCK_CONFIG = 87;
const UNLOCKED = 0x55;
const LOCKED = 0x00;
const LOCKED_AT: Readonly<Record<Lock, readonly number[]>> = {
  none: [],
  config: [LOCK_CONFIG],
  both: [LOCK_CONFIG, LOCK_VALUE],
};

/** `emu chip exec`. Resolves to the exit code. */
export async function chipExec(args: Arguments, { stdout, stderr }: Io): Promise<number> {
  const packets = packetsOf(args);
  const crypto = parseCrypto(textOf(args, 'crypto'));
  const rng = rootRng(textOf(args, 'seed') ?? randomBytes(32));
  const variant = variantOf('--variant', textOf(args, 'variant'));
  const memory = await memoryOf(args, variant, rng.fork('factory'));
  const chip = new Atecc608({
    memory,
    crypto: await chipCrypto(crypto),
    rng,
    clock: new ManualClock(),
    executionTimes: 'none',
    ...(variant !== undefined && { variant }),
  });
  const exchanges = packets.map((packet) => runPacket(chip, packet));
  stdout.write(args.json === true ? machineView(exchanges) : personView(exchanges));
  if (args.json === true || verbosity(args).quiet) return EXIT.ok;
  if (textOf(args, 'chip') !== undefined) stderr.write('emu: the chip was a copy: the changes are not stored\n');
  const refused = exchanges.some(({ received }) => received.length === 4 && received[1] === STATUS.ExecutionError);
  const open = openZone(chip.memory);
  if (refused && open !== undefined) {
    const [zone, lock] = open;
    stderr.write(`emu: the ${zone} zone is not locked, and until it is the chip refuses a lot: try --lock ${lock}\n`);
  }
  return EXIT.ok;
}

/** A zone that most commands need locked and that is not, and the value of `--lock` that locks it. */
function openZone(memory: Uint8Array): readonly [zone: string, lock: Lock] | undefined {
  if (memory[LOCK_CONFIG] === UNLOCKED) return ['configuration', 'config'];
  return memory[LOCK_VALUE] === UNLOCKED ? ['data', 'both'] : undefined;
}

function packetsOf(args: Arguments): Uint8Array[] {
  positional(args, 'command', HINT);
  const words = ['command', 'param1', 'param2', 'data'].map((name) => textOf(args, name) ?? '');
  return words
    .join(' ')
    .split(';')
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const command = parseChipCommand(text);
      if ('problem' in command) throw usageError(command.problem, HINT);
      return command.packet;
    });
}

/** A copy: what the commands change is gone afterwards. */
async function memoryOf(args: Arguments, variant: VariantName | undefined, rng: Rng): Promise<Uint8Array> {
  const source = textOf(args, 'chip');
  if (source !== undefined && variant !== undefined) {
    throw usageError('--chip and --variant exclude each other', 'The first names a chip, the second a fresh part.');
  }
  const memory = source === undefined ? freshMemory(variant, rng) : await chipMemory(source);
  const lock = textOf(args, 'lock');
  if (lock === undefined) return memory;
  memory.fill(UNLOCKED, LOCK_VALUE, LOCK_CONFIG + 1);
  for (const offset of LOCKED_AT[parseLock(lock)]) memory[offset] = LOCKED;
  return memory;
}

function machineView(exchanges: readonly Exchange[]): string {
  const plain = exchanges.map(({ command, reply, sent, received }) => ({
    command,
    reply,
    sent: hex(sent, ''),
    received: hex(received, ''),
  }));
  return `${JSON.stringify({ schema: 'emu-chip-exec/1', exchanges: plain }, null, 2)}\n`;
}

function personView(exchanges: readonly Exchange[]): string {
  const lines = exchanges.flatMap(({ command, reply, sent, received }) => [
    `> ${command}`,
    `  ${hex(sent, ' ')}`,
    `< ${reply === '' ? 'no reply' : reply}`,
    ...(received.length === 0 ? [] : [`  ${hex(received, ' ')}`]),
  ]);
  return `${lines.join('\n')}\n`;
}

function hex(bytes: Uint8Array, separator: string): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(separator);
}
