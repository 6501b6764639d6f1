import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Host, keyConfigAt, makeChip, SEED_CONFIGURATION, slotConfigAt, toHex } from '../support/atecc608.ts';

/** What a host may do about locks and clear accesses; addresses may be beyond a slot's end. */
type Step =
  | { readonly kind: 'lockConfig' | 'lockData' | 'sleep' | 'powerCycle' }
  | { readonly kind: 'lockSlot'; readonly slot: number }
  | {
      readonly kind: 'read';
      readonly slot: number;
      readonly block: number;
      readonly word: number;
      readonly whole: boolean;
    }
  | {
      readonly kind: 'write';
      readonly slot: number;
      readonly block: number;
      readonly word: number;
      readonly whole: boolean;
      readonly fill: number;
    };

interface Policy {
  readonly slotConfig: number;
  readonly keyConfig: number;
}

const SUCCESS = '00';
const PARSE_ERROR = '03';
const REFUSED = '0F';

/** The locks and the slots as the sheet has them, in other words than the chip's. */
class Model {
  configLocked = false;
  dataLocked = false;
  readonly frozen = new Set<number>();
  readonly slots: Uint8Array[];
  readonly policies: readonly Policy[];

  constructor(policies: readonly Policy[]) {
    this.policies = policies;
    this.slots = policies.map((_, slot) => new Uint8Array(slot < 8 ? 36 : slot === 8 ? 416 : 72).fill(0xff));
  }

  /** The payload that the chip has to answer, in hex. */
  answer(step: Step): string {
    switch (step.kind) {
      case 'lockConfig':
        return this.#once(!this.configLocked, () => {
          this.configLocked = true;
        });
      case 'lockData':
        return this.#once(this.configLocked && !this.dataLocked, () => {
          this.dataLocked = true;
        });
      case 'lockSlot': {
        const lockable = (this.#policy(step.slot).keyConfig & 0x20) !== 0;
        return this.#once(this.configLocked && lockable && !this.frozen.has(step.slot), () => {
          this.frozen.add(step.slot);
        });
      }
      case 'read':
        return this.#read(step.slot, 32 * step.block + (step.whole ? 0 : 4 * step.word), step.whole ? 32 : 4);
      case 'write':
        return this.#write(
          step.slot,
          32 * step.block + (step.whole ? 0 : 4 * step.word),
          new Uint8Array(step.whole ? 32 : 4).fill(step.fill),
        );
      default:
        return '';
    }
  }

  #once(allowed: boolean, act: () => void): string {
    if (!allowed) return REFUSED;
    act();
    return SUCCESS;
  }

  #policy(slot: number): Policy {
    return this.policies[slot] as Policy;
  }

  #read(slot: number, at: number, length: number): string {
    const bytes = this.slots[slot] as Uint8Array;
    const { slotConfig, keyConfig } = this.#policy(slot);
    if (at >= bytes.length) return PARSE_ERROR;
    const isPrivate = (keyConfig & 1) !== 0;
    const isSecret = (slotConfig & 0x80) !== 0;
    if (!this.dataLocked || isPrivate || isSecret) return REFUSED;
    return toHex(bytes.subarray(at, at + length)).padEnd(2 * length, '0');
  }

  #write(slot: number, at: number, data: Uint8Array): string {
    const bytes = this.slots[slot] as Uint8Array;
    const { slotConfig, keyConfig } = this.#policy(slot);
    if (at >= bytes.length) return PARSE_ERROR;
    const isPrivate = (keyConfig & 1) !== 0;
    const validates = slot >= 8 && (keyConfig & 0x1f) === 0x12;
    if (!this.configLocked || isPrivate || this.frozen.has(slot)) return REFUSED;
    if (this.dataLocked) {
      const validated = validates && (bytes[0] as number) >> 4 === 5;
      const rule = slotConfig >> 12;
      if (rule > 1 || (rule === 1 && validated)) return REFUSED;
      if (data.length === 4 && (slotConfig & 0x80) !== 0) return REFUSED;
    } else if (data.length === 4) {
      return REFUSED;
    }
    bytes.set(data.subarray(0, bytes.length - at), at);
    if (this.dataLocked && validates) bytes[0] = 0xa0 | ((bytes[0] as number) & 0x0f);
    return SUCCESS;
  }
}

function perform(host: Host, step: Step): string {
  switch (step.kind) {
    case 'lockConfig':
      return toHex(host.command(0x17, 0x80));
    case 'lockData':
      return toHex(host.command(0x17, 0x81));
    case 'lockSlot':
      return toHex(host.command(0x17, 0x02 | (step.slot << 2)));
    case 'read':
      return toHex(host.command(0x02, step.whole ? 0x82 : 0x02, address(step)));
    case 'write':
      return toHex(
        host.command(
          0x12,
          step.whole ? 0x82 : 0x02,
          address(step),
          new Uint8Array(step.whole ? 32 : 4).fill(step.fill),
        ),
      );
    case 'sleep':
      host.sleep();
      return '';
    case 'powerCycle':
      host.chip.powerCycle();
      return '';
  }
}

const address = ({ slot, block, word }: { slot: number; block: number; word: number }) =>
  (block << 8) | (slot << 3) | word;

const slot = fc.integer({ min: 0, max: 15 });
const place = {
  slot,
  block: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 2 }) }, { weight: 1, arbitrary: slot }),
  word: fc.integer({ min: 0, max: 7 }),
  whole: fc.boolean(),
};
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), ...place }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      ...place,
      fill: fc.constantFrom(0x00, 0x50, 0x51, 0xa0, 0xff),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lockSlot' as const), slot }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('sleep' as const, 'powerCycle' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('lockConfig' as const, 'lockData' as const) }) },
);
const policy: fc.Arbitrary<Policy> = fc.record({
  slotConfig: fc.oneof(
    fc.constantFrom(0x0000, 0x0f0f, 0x0f8f, 0x1f0f, 0x44c4, 0x2087),
    fc.integer({ min: 0, max: 0xffff }),
  ),
  keyConfig: fc.constantFrom(0x0033, 0x0013, 0x003c, 0x001c, 0x0030, 0x0032, 0x0012, 0x0038),
});

test('the chip agrees with a model of its locks and of what may be read and written', () => {
  const seen = new Map<string, number>();
  const policies = fc.array(policy, { minLength: 16, maxLength: 16 });
  const steps = fc.array(step, { minLength: 30, maxLength: 120, size: 'max' });
  fc.assert(
    fc.property(policies, steps, steps, steps, (slots, open, between, locked) => {
      const host = new Host(makeChip());
      const configuration = SEED_CONFIGURATION.slice();
      slots.forEach(({ slotConfig, keyConfig }, index) => {
        configuration.set([slotConfig & 0xff, slotConfig >> 8], slotConfigAt(index) - 16);
        configuration.set([keyConfig & 0xff, keyConfig >> 8], keyConfigAt(index) - 16);
      });
      host.configure(configuration);
      const model = new Model(slots);
      const phases: Step[] = [
        ...open.slice(0, 10),
        { kind: 'lockConfig' },
        ...between,
        { kind: 'lockData' },
        ...locked,
      ];
      for (const action of phases) {
        const expected = model.answer(action);
        expect(perform(host, action), JSON.stringify(action)).toBe(expected);
        const outcome = `${action.kind} ${expected.length > 2 ? 'bytes' : expected}`;
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }
      const data = host.chip.memory.subarray(192);
      expect(toHex(data)).toBe(model.slots.map((bytes) => toHex(bytes)).join(''));
    }),
    { numRuns: 100 },
  );
  for (const outcome of [
    'read bytes',
    `read ${REFUSED}`,
    `read ${PARSE_ERROR}`,
    `write ${SUCCESS}`,
    `write ${REFUSED}`,
    `write ${PARSE_ERROR}`,
    ...['lockConfig', 'lockData', 'lockSlot'].flatMap((kind) => [`${kind} ${SUCCESS}`, `${kind} ${REFUSED}`]),
  ]) {
    expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(20);
  }
});
