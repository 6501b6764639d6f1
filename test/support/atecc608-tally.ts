import { OPCODE } from '../../emulator/atecc608/index.ts';
import type { ChipCommand } from './atecc608-arbitraries.ts';

interface Row {
  tried: number;
  succeeded: number;
  /** How often by status. */
  readonly refused: Map<number, number>;
}

const names = new Map<number, string>(Object.entries(OPCODE).map(([name, opcode]) => [opcode, name]));

/** What became of commands, by name and mode: tried, succeeded, refused by status. */
export class Tally {
  readonly #rows = new Map<string, Row>();

  count({ opcode, param1 }: ChipCommand, payload: Uint8Array): void {
    const name = names.get(opcode) ?? `opcode ${opcode}`;
    // SelfTest's one byte is an answer, though it may look like a status, but for that of a refusal.
    const status = payload.length === 1 ? (payload[0] as number) : 0;
    for (const key of [name, `${name} ${modeOf(opcode, param1)}`]) {
      const row = this.#rows.get(key) ?? { tried: 0, succeeded: 0, refused: new Map() };
      this.#rows.set(key, row);
      row.tried++;
      if (status === 0) row.succeeded++;
      else row.refused.set(status, (row.refused.get(status) ?? 0) + 1);
    }
  }

  /** Of a command, `SHA`, or of one of its modes, `SHA 02`. */
  row(key: string): Row {
    return this.#rows.get(key) ?? { tried: 0, succeeded: 0, refused: new Map() };
  }

  /** A line for each command and mode. */
  toString(): string {
    const lines = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return lines
      .map(([key, { tried, succeeded, refused }]) => {
        const statuses = [...refused].map(([status, times]) => `${status.toString(16).padStart(2, '0')}: ${times}`);
        return `${key.padEnd(16)} tried ${tried}, succeeded ${succeeded}, refused ${statuses.join(', ') || 0}`;
      })
      .join('\n');
  }
}

/** Of KDF the algorithm and the target, without the source. */
function modeOf(opcode: number, param1: number): string {
  const mode = opcode === OPCODE.KDF ? param1 & ~0x03 : param1;
  return mode.toString(16).toUpperCase().padStart(2, '0');
}
