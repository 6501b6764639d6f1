import { OPCODE } from '../../emulator/atecc608/index.ts';
import type { ChipCommand } from './atecc608-arbitraries.ts';
import { labelsOf } from './atecc608-labels.ts';
import { MODES, REFUSED_MODES } from './atecc608-modes.ts';

export interface Row {
  tried: number;
  succeeded: number;
  /** How often by status, two hexadecimal digits. */
  refused: Record<string, number>;
}

/** The status of a reply; SelfTest's one byte is a status only where it says that no test was run. */
export function statusOf({ opcode }: ChipCommand, payload: Uint8Array): number {
  const status = payload.length === 1 ? (payload[0] as number) : 0;
  return opcode === OPCODE.SelfTest && status !== 0x03 && status < 0x40 ? 0 : status;
}

const named = new Set<string>([...MODES.map(({ label }) => label), ...REFUSED_MODES]);

/** What became of commands, by name and mode: tried, succeeded, refused by status. */
export class Tally {
  readonly #rows = new Map<string, Row>();

  /** `memory` is what the chip held when the command came. */
  count(command: ChipCommand, payload: Uint8Array, memory: Uint8Array): void {
    const status = statusOf(command, payload);
    const [name, ...modes] = labelsOf(command, memory);
    for (const label of [name as string, ...modes.map((mode) => (named.has(mode) ? mode : `${name} any other`))]) {
      const row = this.#own(label);
      row.tried++;
      if (status === 0) row.succeeded++;
      else row.refused[hexByte(status)] = (row.refused[hexByte(status)] ?? 0) + 1;
    }
  }

  /** Of a command, `SHA`, or of one of its modes, `SHA 02`. */
  row(label: string): Row {
    return this.#rows.get(label) ?? { tried: 0, succeeded: 0, refused: {} };
  }

  /** Takes another's counts in. */
  add(rows: Readonly<Record<string, Row>>): void {
    for (const [label, { tried, succeeded, refused }] of Object.entries(rows)) {
      const row = this.#own(label);
      row.tried += tried;
      row.succeeded += succeeded;
      for (const [status, times] of Object.entries(refused)) row.refused[status] = (row.refused[status] ?? 0) + times;
    }
  }

  /** Modes that succeeded less than `times`, and those of other parts that were not tried as often, or not refused. */
  unreached(times: number): string[] {
    const rare = MODES.filter(({ label }) => this.row(label).succeeded < times).map(
      ({ label }) => `${label} succeeded ${this.row(label).succeeded} of ${this.row(label).tried}`,
    );
    const wrong = REFUSED_MODES.filter((label) => this.row(label).tried < times || this.row(label).succeeded > 0);
    return [...rare, ...wrong.map((label) => `${label} is of other parts: ${JSON.stringify(this.row(label))}`)];
  }

  /** Refusals that no command met. */
  unseen(): string[] {
    return MODES.flatMap(({ label, refusals }) =>
      [...refusals]
        .filter(([status]) => !this.row(label).refused[hexByte(status)])
        .map(([status, reason]) => `${label} never refused with ${hexByte(status)} (${reason})`),
    );
  }

  toJSON(): Record<string, Row> {
    return Object.fromEntries([...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A line for each command and mode. */
  toString(): string {
    return Object.entries(this.toJSON())
      .map(([label, { tried, succeeded, refused }]) => {
        const statuses = Object.entries(refused).map(([status, times]) => `${status}: ${times}`);
        return `${label.padEnd(44)} tried ${tried}, succeeded ${succeeded}, refused ${statuses.join(', ') || 0}`;
      })
      .join('\n');
  }

  #own(label: string): Row {
    const row = this.#rows.get(label) ?? { tried: 0, succeeded: 0, refused: {} };
    this.#rows.set(label, row);
    return row;
  }
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
