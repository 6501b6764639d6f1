import type { VariantName } from '../../emulator/atecc608/index.ts';
import type { Pace } from '../../emulator/i2c/index.ts';

/** A chip that is to be on every board. */
export interface ChipChoice {
  readonly variant: VariantName;
  /** 7 bits; the variant's own when undefined. */
  readonly address: number | undefined;
}

/** How the serial line of a board's microcontroller is reached. */
export interface UartRequest {
  /** The TCP port of the first board's, the others' follow; any that are free when undefined. */
  readonly port: number | undefined;
  /** By a terminal too. */
  readonly pty: boolean;
}

/** What boards are asked for. What is undefined is as stored, or the default where nothing is stored. */
export interface BoardRequest {
  readonly count: number | undefined;
  readonly chips: readonly ChipChoice[] | undefined;
  /** Of the BME280; null for none. */
  readonly sensor: number | null | undefined;
  /** The persistent fleet whose devices' chips are copied onto the boards, from this device on. */
  readonly fleet: { readonly directory: string; readonly first: number } | undefined;
  /** Where the chips' memories are stored; without it they end with the process. */
  readonly state: string | undefined;
  /** Repeats keys and random numbers, for tests only. */
  readonly seed: string | undefined;
  readonly pace: Pace;
  /** There is no serial line when undefined. */
  readonly uart: UartRequest | undefined;
  /** The first of three ports for each board; any that are free when undefined. */
  readonly port: number | undefined;
}
