import { stripVTControlCharacters } from 'node:util';
import type { TextOutput } from './terminal.ts';

/** Where a run's progress shows. */
export interface ProgressView {
  /** How often `status` is worth calling. */
  readonly everyMs: number;
  /** Something that happened; stays on the screen. */
  note(line: string): void;
  /** How things stand, in a line or more, replaced by the next one where that can be. */
  status(...lines: readonly string[]): void;
  /** Nothing follows. */
  end(): void;
}

const CLEAR_LINE = '\r\x1b[2K';
const LINE_ABOVE = '\x1b[1A';

/** A terminal: the status is its last lines, redrawn in place; notes scroll up above it. */
export function liveView(output: TextOutput): ProgressView {
  let drawn: readonly string[] = [];
  const cleared = () => drawn.map(() => CLEAR_LINE).join(LINE_ABOVE);
  const oneLine = (line: string) => {
    const columns = (output.columns ?? 80) - 1;
    const fits = (text: string) => stripVTControlCharacters(text).length <= columns;
    if (fits(line)) return line;
    const narrow = line.trimStart().replace(/ {2,}/g, ' ');
    // A line that wraps cannot be taken back; a cut one loses its colours, which could be cut through.
    return fits(narrow) ? narrow : stripVTControlCharacters(narrow).slice(0, columns);
  };
  return {
    everyMs: 250,
    note(line) {
      output.write(`${cleared()}${line}\n${drawn.join('\n')}`);
    },
    status(...lines) {
      const next = lines.map(oneLine);
      output.write(`${cleared()}${next.join('\n')}`);
      drawn = next;
    },
    end() {
      if (drawn.length > 0) output.write('\n');
      drawn = [];
    },
  };
}

/** A pipe or a file: every line stays, so there are few of them. */
export function plainView(output: TextOutput): ProgressView {
  const write = (...lines: readonly string[]) => void output.write(`${lines.join('\n')}\n`);
  return { everyMs: 5000, note: write, status: write, end() {} };
}

/** Shows nothing: the result alone counts. */
export const quietView: ProgressView = { everyMs: Number.POSITIVE_INFINITY, note() {}, status() {}, end() {} };

/** Every line begins with the seconds since this view was made. */
export function timedView(view: ProgressView): ProgressView {
  const began = performance.now();
  const timed = (line: string) => `[${((performance.now() - began) / 1000).toFixed(3).padStart(7)}] ${line}`;
  return {
    everyMs: Math.min(view.everyMs, 1000),
    note: (line) => view.note(timed(line)),
    status: (first = '', ...rest) => view.status(timed(first), ...rest),
    end: () => view.end(),
  };
}
