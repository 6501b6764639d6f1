import type { ChipState } from './state.ts';
import type { Status } from './status.ts';

/** Milliseconds at the three clock dividers M0, M1 and M2. */
export type ExecutionTime = readonly [m0: number, m1: number, m2: number];

/** A command is data plus one function, which validates, executes and responds in this order. */
export interface Command {
  readonly opcode: number;
  readonly name: string;
  /** How many data bytes it accepts. */
  readonly lengths: readonly number[];
  /** The longest that a host has to wait for it. */
  readonly executionTime: ExecutionTime;
  /** Answers with a status or with the reply's payload. `data` is the caller's: what the chip stores of it is copied. */
  execute(chip: ChipState, param1: number, param2: number, data: Uint8Array): Status | Uint8Array;
}
