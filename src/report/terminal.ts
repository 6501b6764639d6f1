import { styleText } from 'node:util';

/** Where text goes: a terminal, a pipe, a file, or a test's buffer. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What the environment says about terminals. */
export interface TerminalEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string) => string;

const plain: Paint = (_style, text) => text;
/** Which stream it goes to is decided below, not by what stdout happens to be. */
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** A terminal whose lines can be redrawn. */
export function isLive(output: TextOutput, { TERM }: TerminalEnvironment): boolean {
  return output.isTTY === true && TERM !== 'dumb';
}

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function painter(output: TextOutput, environment: TerminalEnvironment): Paint {
  return isLive(output, environment) && !environment.NO_COLOR ? coloured : plain;
}
