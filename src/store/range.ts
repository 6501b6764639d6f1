/** Devices by number: `from` and those after it, up to but without `to`. */
export interface DeviceRange {
  readonly from: number;
  readonly to: number;
}

/** Part `index` of `of`, counted from 0. */
export interface Segment {
  readonly index: number;
  readonly of: number;
}

/** How many of `count` devices a segment has. */
export function sizeOf(count: number, { index, of }: Segment): number {
  return Math.floor((count * (index + 1)) / of) - Math.floor((count * index) / of);
}

/** The part of `whole` that a segment stands for: parts differ by one device at most and leave none out. */
export function rangeOf({ from, to }: DeviceRange, { index, of }: Segment): DeviceRange {
  const at = (part: number) => from + Math.floor(((to - from) * part) / of);
  return { from: at(index), to: at(index + 1) };
}
