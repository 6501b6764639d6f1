import { EmuError } from '../../errors.ts';

/** One DER value: header at `start`, content from `content` up to `end`. */
export interface DerValue {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

function malformed(offset: number): EmuError {
  return new EmuError('EMU_E_DER', `no DER value at offset ${offset}`, {
    value: offset,
    hint: 'Give one certificate in DER; PEM is to be decoded first.',
  });
}

/** The value whose header is at `offset` and which ends by `limit` (X.690 8.1, definite lengths below 64 KiB). */
export function derValue(der: Uint8Array, offset: number, limit = der.length): DerValue {
  const [tag, first, second, third] = der.subarray(offset, offset + 4);
  let length = first;
  let content = offset + 2;
  if (first === 0x81) [length, content] = [second, offset + 3];
  else if (first === 0x82) [length, content] = [((second ?? 0) << 8) | (third ?? 0), offset + 4];
  else if (first !== undefined && first >= 0x80) throw malformed(offset);
  if (tag === undefined || length === undefined || content + length > limit) throw malformed(offset);
  return { tag, start: offset, content, end: content + length };
}

/** The values within a constructed one. */
export function derChildren(der: Uint8Array, parent: DerValue): readonly DerValue[] {
  const children: DerValue[] = [];
  for (let offset = parent.content; offset < parent.end; ) {
    const child = derValue(der, offset, parent.end);
    children.push(child);
    offset = child.end;
  }
  return children;
}
