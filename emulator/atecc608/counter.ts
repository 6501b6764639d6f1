import { CONFIG } from './config-layout.ts';
import type { ChipState } from './state.ts';

/** A monotonic counter as it is stored: four big-endian 16-bit fields. */
export interface CounterFields {
  readonly linearA: number;
  readonly linearB: number;
  readonly binaryA: number;
  readonly binaryB: number;
}

export const COUNTER_MAX = 2_097_151;
export const COUNTER_SIZE = 8;

/**
 * The linear halves lose one bit a count, in turns of sixteen, and the binary halves count the turns, so that each
 * count wears one half while the other stays whole.
 */
export function counterFields(value: number): CounterFields {
  const started = value >= 16;
  return {
    linearA: 0xffff >> Math.min(value % 32, 16),
    linearB: started ? 0xffff >> Math.min((value - 16) % 32, 16) : 0xffff,
    binaryA: Math.floor(value / 32),
    binaryB: started ? Math.floor((value - 16) / 32) : 0,
  };
}

export function counterValue({ linearA, linearB, binaryA, binaryB }: CounterFields): number {
  return 32 * binaryA + clearedBits(linearA) + (binaryA === binaryB ? clearedBits(linearB) : 0);
}

function clearedBits(half: number): number {
  let cleared = 0;
  for (let bit = 0; bit < 16; bit++) if ((half & (1 << bit)) === 0) cleared++;
  return cleared;
}

export function decodeCounter(bytes: Uint8Array): CounterFields {
  const view = new DataView(bytes.buffer, bytes.byteOffset, COUNTER_SIZE);
  return {
    linearA: view.getUint16(0),
    linearB: view.getUint16(2),
    binaryA: view.getUint16(4),
    binaryB: view.getUint16(6),
  };
}

export function encodeCounter(fields: CounterFields): Uint8Array {
  const bytes = new Uint8Array(COUNTER_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, fields.linearA);
  view.setUint16(2, fields.linearB);
  view.setUint16(4, fields.binaryA);
  view.setUint16(6, fields.binaryB);
  return bytes;
}

/** The value of a counter of the configuration zone, 0 or 1. */
export function counterOf(memory: Uint8Array, index: number): number {
  return counterValue(decodeCounter(memory.subarray(CONFIG.Counter + COUNTER_SIZE * index)));
}

export function storeCounter(chip: ChipState, index: number, value: number): void {
  chip.store(CONFIG.Counter + COUNTER_SIZE * index, encodeCounter(counterFields(value)));
}
