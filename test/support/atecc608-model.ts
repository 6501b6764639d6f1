import assert from 'node:assert/strict';
import { OPCODE, STATUS } from '../../emulator/atecc608/index.ts';
import { packetCrc } from './atecc608.ts';
import type { ChipCommand } from './atecc608-arbitraries.ts';
import { dataAndOtp } from './atecc608-messages.ts';

const { Success, ParseError, ExecutionError } = STATUS;
const COUNTERS = { from: 52, to: 68 };
const DATA = 192;
const COUNTER_END = 2_097_151;

/** How many bytes of data the commands take that the model follows. */
const LENGTHS: Readonly<Record<number, readonly number[]>> = {
  [OPCODE.Read]: [0],
  [OPCODE.Write]: [4, 32, 64],
  [OPCODE.Lock]: [0],
  [OPCODE.Counter]: [0],
  [OPCODE.SelfTest]: [0],
  [OPCODE.UpdateExtra]: [0],
};

/** Commands that the transport lock leaves open. */
const ALWAYS_OPEN: readonly number[] = [OPCODE.Info, OPCODE.Nonce, OPCODE.Random, OPCODE.CheckMac, OPCODE.SelfTest];

/**
 * Locks, zones, counters and gates as the data sheet has them, in other words than the chip's: what a host may read and write
 * in clear. It keeps a memory of its own and takes over what other commands leave in slots and counters.
 */
export class Model {
  readonly memory: Uint8Array;
  readonly #failing: number;
  #failures = 0;
  #open = false;

  /** `failing`: the self tests that fail on this part. */
  constructor(memory: Uint8Array, failing = 0) {
    this.memory = memory.slice();
    this.#failing = failing;
  }

  get configLocked(): boolean {
    return this.memory[87] === 0;
  }

  get dataLocked(): boolean {
    return this.memory[86] === 0;
  }

  isFrozen(slot: number): boolean {
    return (this.#word(88) & (1 << slot)) === 0;
  }

  /** The payload that the chip has to answer; undefined where the model has no opinion. */
  answer(command: ChipCommand): Uint8Array | undefined {
    const { opcode, param1: mode, param2, data } = command;
    const lengths = LENGTHS[opcode];
    if (lengths === undefined) return undefined;
    if (!lengths.includes(data.length)) return status(ParseError);
    const gate = this.#gate(command);
    if (gate !== undefined) return status(gate);
    switch (opcode) {
      case OPCODE.Read:
        return this.#read(mode, param2);
      case OPCODE.Write:
        return data.length > 32 ? undefined : status(this.#write(mode, param2, data));
      case OPCODE.Lock:
        return status(this.#lock(mode, param2));
      case OPCODE.Counter:
        return mode > 1 || param2 > 1 ? status(ParseError) : this.#count(mode, param2);
      case OPCODE.SelfTest:
        return mode > 0x3f || param2 !== 0 ? status(ParseError) : this.#test(mode & 0x3d, mode === 0);
      case OPCODE.UpdateExtra:
        return status(mode > 1 ? ParseError : this.#extra(84 + mode, param2 & 0xff));
      default:
        return undefined;
    }
  }

  /** What a failed self test and the transport lock refuse. */
  #gate({ opcode, param1 }: ChipCommand): number | undefined {
    const isRead = opcode === OPCODE.Read;
    if (this.#failures !== 0 && opcode !== OPCODE.SelfTest && !(isRead && (param1 & 0x7f) === 0)) {
      return STATUS.SelfTestFailure;
    }
    const shut = this.dataLocked && (this.#byte(68) & 0x0f) === 0x0a && !this.#open;
    const spared = ALWAYS_OPEN.includes(opcode) || (isRead && (param1 & 3) === 0);
    return shut && !spared ? ExecutionError : undefined;
  }

  /** Takes over what a command did that is not the model's: slots, and uses counted by LimitedUse. */
  follow(command: ChipCommand, succeeded: boolean, memory: Uint8Array): void {
    const { opcode, param1, param2 } = command;
    assert.ok(
      !succeeded || this.#gate(command) === undefined,
      'a command went past a failed self test or the transport lock',
    );
    this.memory.set(memory.subarray(COUNTERS.from, COUNTERS.to), COUNTERS.from);
    if (!succeeded || opcode === OPCODE.Counter) return;
    this.memory.set(memory.subarray(DATA), DATA);
    // The key that is not TempKey proves itself.
    if (opcode === OPCODE.CheckMac && !(param1 & 2) && param2 === this.#byte(68) >> 4) this.#open = true;
  }

  /** ChipOptions' bit 0 asks for the tests at each wake. */
  wake(): void {
    this.#failures = this.#byte(90) & 1 ? this.#failing & 0x3d : 0;
  }

  sleep(): void {
    this.#open = false;
  }

  #read(mode: number, address: number): Uint8Array | undefined {
    const zone = mode & 0x7f;
    const length = mode & 0x80 ? 32 : 4;
    const place = zone > 2 ? undefined : this.#place(zone, address, length);
    if (place === undefined) return status(ParseError);
    const slot = (address >> 3) & 15;
    const hidden = zone === 2 && (this.#isPrivate(slot) || (this.#slotConfig(slot) & 0x80) !== 0);
    if (zone > 0 && !this.dataLocked) return status(ExecutionError);
    if (hidden) {
      const encrypts = length === 32 && !this.#isPrivate(slot) && (this.#slotConfig(slot) & 0x40) !== 0;
      return encrypts ? undefined : status(ExecutionError);
    }
    const answer = new Uint8Array(length);
    answer.set(this.memory.subarray(place.from, Math.min(place.to, place.from + length)));
    return answer;
  }

  #write(mode: number, address: number, data: Uint8Array): number {
    const whole = (mode & 0x80) !== 0;
    const zone = mode & 0x7f;
    const place = zone > 2 || whole !== data.length > 4 ? undefined : this.#place(zone, address, data.length);
    if (place === undefined) return ParseError;
    const slot = (address >> 3) & 15;
    const allowed =
      zone === 0
        ? !this.configLocked &&
          [0, 1, 2, 3, 21].every((word) => 4 * word + 4 <= place.from || 4 * word >= place.from + data.length)
        : zone === 1
          ? whole && this.configLocked && !this.dataLocked
          : this.#takes(slot, whole);
    if (!allowed) return ExecutionError;
    this.memory.set(data.subarray(0, place.to - place.from), place.from);
    if (zone === 2 && this.dataLocked && this.#validates(slot)) {
      const { from } = this.#slot(slot);
      this.memory[from] = 0xa0 | (this.#byte(from) & 0x0f);
    }
    return Success;
  }

  #takes(slot: number, whole: boolean): boolean {
    if (!this.configLocked || this.#isPrivate(slot) || this.isFrozen(slot)) return false;
    if (!this.dataLocked) return whole;
    const rule = this.#slotConfig(slot) >> 12;
    const valid = this.#validates(slot) && this.#byte(this.#slot(slot).from) >> 4 === 5;
    return (rule === 0 || (rule === 1 && !valid)) && (whole || (this.#slotConfig(slot) & 0x80) === 0);
  }

  #lock(mode: number, crc: number): number {
    const target = mode & 3;
    if (mode & 0x40 || target === 3 || (target < 2 && mode & 0x3c)) return ParseError;
    const slot = (mode >> 2) & 15;
    const { memory } = this;
    if (target === 2) {
      const lockable = (this.#word(96 + 2 * slot) & 0x20) !== 0;
      if (!this.configLocked || !lockable || this.isFrozen(slot)) return ExecutionError;
      memory[88 + (slot >> 3)] = this.#byte(88 + (slot >> 3)) & ~(1 << (slot & 7));
      return Success;
    }
    const ready = target === 0 ? !this.configLocked : this.configLocked && !this.dataLocked;
    const zone = target === 0 ? memory.subarray(0, 128) : dataAndOtp(memory);
    if (!ready || (!(mode & 0x80) && packetCrc(zone) !== crc)) return ExecutionError;
    memory[target === 0 ? 87 : 86] = 0;
    return Success;
  }

  /** Its bytes are taken over; what they say is not. */
  #count(mode: number, index: number): Uint8Array {
    const value = this.counter(index) + mode;
    if (value > COUNTER_END) return status(ExecutionError);
    return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, value >> 16, 0);
  }

  /** Each half has sixteen bits to lose, in turns, and the binary halves count the turns of 32. */
  counter(index: number): number {
    const half = (at: number) => (this.#byte(52 + 8 * index + at) << 8) | this.#byte(53 + 8 * index + at);
    const lost = (word: number) => 16 - [...word.toString(2)].filter((bit) => bit === '1').length;
    return 32 * half(4) + lost(half(0)) + (half(4) === half(6) ? lost(half(2)) : 0);
  }

  #test(mask: number, asks: boolean): Uint8Array {
    if (asks) return status(this.#failures);
    this.#failures = (this.#failures & ~mask) | (mask & this.#failing);
    return status(mask & this.#failing);
  }

  #extra(at: number, value: number): number {
    if (this.configLocked && this.#byte(at) !== 0) return ExecutionError;
    this.memory[at] = value;
    return Success;
  }

  /** Where an access begins and where what it may reach ends. */
  #place(zone: number, address: number, length: number): { readonly from: number; readonly to: number } | undefined {
    const word = length === 4 ? address & 7 : 0;
    const [bounds, block] =
      zone === 2
        ? [this.#slot((address >> 3) & 15), address >> 8]
        : [zone === 0 ? { from: 0, to: 128 } : { from: 128, to: 192 }, address >> 3];
    if (zone === 2 && address & 0xf080) return undefined;
    const from = bounds.from + 32 * block + 4 * word;
    return from < bounds.to ? { from, to: bounds.to } : undefined;
  }

  #slot(slot: number): { readonly from: number; readonly to: number } {
    const sizes = Array.from({ length: 16 }, (_, index) => (index < 8 ? 36 : index === 8 ? 416 : 72));
    const from = DATA + sizes.slice(0, slot).reduce((sum, size) => sum + size, 0);
    return { from, to: from + (sizes[slot] as number) };
  }

  #isPrivate(slot: number): boolean {
    return (this.#word(96 + 2 * slot) & 1) !== 0;
  }

  /** A P-256 public key whose PubInfo asks for validation. */
  #validates(slot: number): boolean {
    return slot >= 8 && (this.#word(96 + 2 * slot) & 0x1f) === 0x12;
  }

  #slotConfig(slot: number): number {
    return this.#word(20 + 2 * slot);
  }

  #word(at: number): number {
    return this.#byte(at) | (this.#byte(at + 1) << 8);
  }

  #byte(at: number): number {
    return this.memory[at] as number;
  }
}

function status(value: number): Uint8Array {
  return Uint8Array.of(value);
}
