import { stripVTControlCharacters } from 'node:util';
import type { TextOutput } from './terminal.ts';

/** Where a run's progress shows. */
export interface ProgressView {
  /** How often `status` is worth calling. */
  readonly everyMs: number;
  /** Something that happened; stays on the screen. */
  note(line: string): void;
  /** How things stand, replaced by the next one where that can be. */
  status(line: string): void;
  /** Nothing follows. */
  end(): void;
}

const CLEAR_LINE = '\r\x1b[2K';

/** A terminal: the status is the last line, redrawn in place; notes scroll up above it. */
export function liveView(output: TextOutput): ProgressView {
  let drawn = '';
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
      output.write(`${drawn === '' ? '' : CLEAR_LINE}${line}\n${drawn}`);
    },
    status(line) {
      const next = oneLine(line);
      output.write(`${drawn === '' ? '' : CLEAR_LINE}${next}`);
      drawn = next;
    },
    end() {
      if (drawn !== '') output.write('\n');
      drawn = '';
    },
  };
}

/** A pipe or a file: every line stays, so there are few of them. */
export function plainView(output: TextOutput): ProgressView {
  const line = (text: string) => output.write(`${text}\n`);
  return { everyMs: 5000, note: line, status: line, end() {} };
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
    status: (line) => view.status(timed(line)),
    end: () => view.end(),
  };
}
