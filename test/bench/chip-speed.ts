/**
 * `node --expose-gc chip-speed.js [--ms N] [--rounds K] [--chips N] [--out FILE]`
 *
 * What commands cost on one core, mode by mode: the bytes of a packet go into the chip and those of the reply come out, with
 * both CRCs, and with either back end. CPU time of the process, medians of rounds in which all take turns. What SHA-256 of
 * 88 bytes costs by node:crypto, measured in the same rounds, is the unit in which to compare machines. Then the memory of
 * a chip.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Atecc608, WORD_ADDRESS } from '../../emulator/atecc608/index.ts';
import { type ChipCrypto, nodeCrypto } from '../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../emulator/crypto/noble.ts';
import { benchChip, CHIP_CASES, type ChipCase } from './chip-cases.ts';
import { chipMemory, collectGarbage } from './chip-memory.ts';
import { median, writeResult } from './result.ts';

const { values } = parseArgs({
  options: {
    ms: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '5' },
    chips: { type: 'string', default: '20000' },
    out: { type: 'string' },
  },
});
const spanUs = 1000 * Number(values.ms);
const rounds = Number(values.rounds);

/** Work that can be repeated, and what each of its rounds took, in microseconds of CPU each time. */
class Meter {
  readonly samples: number[] = [];
  readonly #work: () => void;
  #times = 1;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Finds out how often the work fits into the time of a round, and warms up. */
  prepare(): void {
    for (let spent = this.#run(); spent < spanUs; spent = this.#run()) {
      this.#times = Math.ceil(this.#times * Math.min(4, (1.2 * spanUs) / Math.max(spent, 1)));
    }
  }

  round(): void {
    this.samples.push(this.#run() / this.#times);
  }

  #run(): number {
    // Else it would pay for the garbage of the one before it. A major collection would throw compiled code away too.
    collectGarbage('minor');
    const before = process.cpuUsage();
    for (let time = 0; time < this.#times; time++) this.#work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }
}

/**
 * Sends what a host sends, in an array of its own each time, and reads what it reads. Throws for a refusal: a benchmark of
 * refusals would be fast.
 */
function exchange(chip: Atecc608, written: Uint8Array): void {
  chip.write(written.slice());
  const count = chip.read(1)?.[0] ?? 0;
  const rest = chip.read(count - 1);
  if (rest === undefined || (count === 4 && rest[0] !== 0)) throw new Error(`the chip refused: ${rest?.[0]}`);
}

/** The meter of a mode and, where other commands must come before it, of these alone. */
function metersOf({ packet, first, before, restore }: ChipCase, crypto: ChipCrypto): Meter[] {
  const { chip } = benchChip(crypto);
  const written = (bytes: Uint8Array) => Uint8Array.of(WORD_ADDRESS.Command, ...bytes);
  chip.generalCall();
  for (const one of first) exchange(chip, written(one));
  const alone = before.map(written);
  const whole = [...alone, written(packet)];
  const sequences = before.length === 0 ? [whole] : [whole, alone];
  return sequences.map(
    (sequence) =>
      new Meter(() => {
        restore?.(chip.memory);
        for (const one of sequence) exchange(chip, one);
      }),
  );
}

/** Runs the rounds, in which all take turns, and answers what each of the cases takes of the CPU in microseconds. */
function measure(meters: readonly (readonly Meter[])[]): number[] {
  for (const meter of meters.flat()) meter.prepare();
  for (let round = 0; round < rounds; round++) for (const meter of meters.flat()) meter.round();
  return meters.map(([whole, before]) =>
    median(whole?.samples.map((sample, round) => sample - (before?.samples[round] ?? 0)) ?? []),
  );
}

// First, while there is no garbage but its own.
const memory = chipMemory(Number(values.chips));
const message = new Uint8Array(88).fill(0x5a);
const unit = new Meter(() => createHash('sha256').update(message).digest());
// One back end after the other, as in a program that uses one.
const [unitUs = Number.NaN, ...nodeUs] = measure([[unit], ...CHIP_CASES.map((one) => metersOf(one, nodeCrypto))]);
const nobleUs = measure(CHIP_CASES.map((one) => metersOf(one, nobleCrypto)));
const commands = CHIP_CASES.map(({ command, mode, curve }, index) => {
  const us = nodeUs[index] ?? Number.NaN;
  return {
    command,
    mode,
    curve,
    perSecond: 1e6 / us,
    hashes: us / unitUs,
    noblePerSecond: 1e6 / (nobleUs[index] ?? Number.NaN),
  };
});
console.log(`createHash('sha256') of 88 bytes: ${(1e6 / unitUs).toFixed(0)} a second\n`);
console.log('| command | mode | a second | in hashes | on noble, a second |\n| --- | --- | ---: | ---: | ---: |');
for (const one of commands) {
  const mode = one.curve ? `${one.mode} (P-256)` : one.mode;
  const [speed, noble] = [one.perSecond, one.noblePerSecond].map((value) => value.toFixed(0));
  console.log(`| ${one.command} | ${mode} | ${speed} | ${one.hashes.toFixed(2)} | ${noble} |`);
}
const withoutCurve = commands.filter(({ curve }) => !curve);
const slowest = withoutCurve.reduce((slow, one) => (one.perSecond < slow.perSecond ? one : slow));
console.log(`\nslowest without P-256: ${slowest.command} ${slowest.mode}, ${slowest.perSecond.toFixed(0)} a second\n`);

console.log('| state of a chip | bytes |\n| --- | ---: |');
for (const { state, bytes } of memory) console.log(`| ${state} | ${bytes.toFixed(0)} |`);

writeResult(values.out, { rounds, unitPerSecond: 1e6 / unitUs, commands, memory });
