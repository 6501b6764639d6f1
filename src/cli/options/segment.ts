import type { Segment } from '../../store/index.ts';
import { quoted, usageError } from '../errors/index.ts';

/** `i/n`: part i of n, counted from 0. */
export function parseSegment(text: string): Segment {
  const [, index = '', of = ''] = /^(\d{1,8})\/(\d{1,8})$/.exec(text) ?? [];
  if (of !== '' && Number(index) < Number(of)) return { index: Number(index), of: Number(of) };
  throw usageError(
    `--segment must be i/n, from 0/n to n-1/n, not ${quoted(text)}`,
    'Write it like --segment 0/4: the first of four parts.',
  );
}
