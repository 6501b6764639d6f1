import fc from 'fast-check';
import {
  CONFIG_SIZE,
  decodeConfig,
  factoryMemory,
  OPCODE,
  OTP_SIZE,
  type SlotPolicy,
  slotOffset,
  slotSize,
} from '../../emulator/atecc608/index.ts';
import type { ChipCrypto } from '../../emulator/crypto/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { packetCrc, SERIAL_NUMBER } from './atecc608.ts';
import { type ChipCommand, commandArbitraries } from './atecc608-arbitraries.ts';
import { Audit } from './atecc608-audit.ts';
import { randomConfiguration } from './atecc608-configurations.ts';
import { pick, whole, withProbability } from './atecc608-draws.ts';
import { Insider, type Scenario } from './atecc608-insider.ts';
import { MAKER } from './atecc608-maker.ts';
import { dataAndOtp, filled, joined, storedPoint, zeros } from './atecc608-messages.ts';
import { cipherScenarios } from './atecc608-scenarios-ciphers.ts';
import { digestScenarios } from './atecc608-scenarios-digests.ts';
import { bootScenarios, keyScenarios } from './atecc608-scenarios-keys.ts';
import { zoneScenarios } from './atecc608-scenarios-zones.ts';
import type { Tally } from './atecc608-tally.ts';

const SCENARIOS: readonly Scenario[] = [
  ...zoneScenarios,
  ...digestScenarios,
  ...keyScenarios,
  ...bootScenarios,
  ...cipherScenarios,
];

export type Action =
  | ChipCommand
  | { readonly kind: 'scenario'; readonly index: number; readonly seed: number }
  | { readonly kind: 'idle' | 'reset' | 'sleep' | 'expireWatchdog' | 'powerCycle' };

/** A chip from its configuration on, and what happens to it. */
export interface Session {
  /** Of the chip: its configuration, its keys, its locks. */
  readonly seed: number;
  readonly actions: readonly Action[];
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('scenario' as const),
      index: fc.nat({ max: SCENARIOS.length - 1 }),
      seed: fc.nat(),
    }),
  },
  { weight: 8, arbitrary: fc.oneof(...Object.values(commandArbitraries)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'idle' as const,
        'reset' as const,
        'sleep' as const,
        'expireWatchdog' as const,
        'powerCycle' as const,
      )
      .map((kind) => ({ kind })),
  },
);

export const sessions: fc.Arbitrary<Session> = fc.record({
  seed: fc.nat(),
  actions: fc.array(action, { minLength: 40, maxLength: 60, size: 'max' }),
});

/** The sessions from `seed` on, always the same. */
export function* sessionsOf(seed: number): Generator<Session> {
  for (let batch = seed; ; batch++) yield* fc.sample(fc.noBias(sessions), { seed: batch, numRuns: 20 });
}

export interface Outcome {
  readonly commands: number;
  /** Of all that the chip answered and of its memory in the end: the same for every back end. */
  readonly digest: string;
}

/** Plays a session and holds the chip to everything; throws where a property breaks. */
export function playSession({ seed, actions }: Session, crypto: ChipCrypto, tally: Tally): Outcome {
  const rng = rootRng(`session ${seed}`);
  const memory = factoryMemory({ serialNumber: SERIAL_NUMBER });
  const failingSelfTests = withProbability(rng, 0.08) ? pick(rng, [0x01, 0x04, 0x20, 0x3d]) : 0;
  memory.set(randomConfiguration(rng, memory.slice(0, CONFIG_SIZE)));
  personalise(memory, rng);
  const audit = new Audit({
    memory,
    crypto,
    rng: rng.fork('chip'),
    randomness: rng.fork('line'),
    timed: withProbability(rng, 0.25),
    failingSelfTests,
    tally,
  });
  const host = new Insider(audit, rng.fork('host'));
  lock(host);
  for (const action of actions) perform(audit, action);
  if (withProbability(rng, 0.1)) sweep(host);
  return { commands: audit.commands, digest: audit.finish() };
}

/** Fills the slots as a maker would, behind the chip's back. */
function personalise(memory: Uint8Array, rng: Rng): void {
  memory.set(rng.bytes(OTP_SIZE), CONFIG_SIZE);
  decodeConfig(memory).slots.forEach((policy, slot) => {
    memory.set(contentsOf(policy, slotSize(slot), rng), slotOffset(slot));
  });
}

/** Some slots stay as they came. */
function contentsOf({ keyConfig, slotConfig }: SlotPolicy, size: number, rng: Rng): Uint8Array {
  if (withProbability(rng, 0.1)) return filled(0xff, size);
  if (keyConfig.private) return joined(zeros(4), Uint8Array.of(0x6b), rng.bytes(31), zeros(size - 36));
  if (keyConfig.keyType === 4 && size >= 72) {
    return joined(storedPoint(MAKER, pick(rng, [0x0, 0x5, 0x5, 0xa])), zeros(size - 72));
  }
  const bytes = rng.bytes(size);
  // A limit for CountMatch that is not reached at once.
  if (!slotConfig.isSecret && withProbability(rng, 0.5)) bytes.set([whole(rng, 256), whole(rng, 256), 0, 0]);
  return bytes;
}

/** Both locks, most of the time, and now and then some of the slots that can be locked. */
function lock(host: Insider): void {
  const locks = pick(host.rng, [0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
  const zones = [() => host.memory.subarray(0, CONFIG_SIZE), () => dataAndOtp(host.memory)];
  zones.slice(0, locks).forEach((bytes, zone) => {
    if (withProbability(host.rng, 0.5)) host.send(OPCODE.Lock, 0x80 | zone);
    else host.send(OPCODE.Lock, zone, packetCrc(bytes()));
  });
  if (locks === 0 || withProbability(host.rng, 0.7)) return;
  host.config.slots.forEach(({ keyConfig }, slot) => {
    if (keyConfig.lockable && withProbability(host.rng, 0.4)) host.send(OPCODE.Lock, 0x02 | (slot << 2));
  });
}

function perform(audit: Audit, action: Action): void {
  switch (action.kind) {
    case 'command':
      audit.send(action);
      break;
    case 'scenario':
      SCENARIOS[action.index]?.(new Insider(audit, rootRng(`scenario ${action.seed}`)));
      break;
    case 'idle':
      audit.idle();
      break;
    case 'reset':
      audit.reset();
      break;
    default:
      audit.sleep(action.kind);
  }
}

/** Reads all zones, block by block. */
function sweep(host: Insider): void {
  for (let slot = 0; slot < 16; slot++) {
    for (let block = 0; 32 * block < slotSize(slot); block++) host.send(OPCODE.Read, 0x82, (block << 8) | (slot << 3));
  }
  for (let block = 0; block < 4; block++) host.send(OPCODE.Read, 0x80, block << 3);
  for (let block = 0; block < 2; block++) host.send(OPCODE.Read, 0x81, block << 3);
}
