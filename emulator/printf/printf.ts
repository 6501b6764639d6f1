import { EmuError } from '../errors.ts';

/**
 * `value` as C's printf writes it with `%.{precision}f`: the exact binary value, rounded half to even, never with an
 * exponent (C17 7.21.6.1; rounding as in newlib and glibc).
 *
 * ECMAScript's toFixed is exact too but rounds ties away from zero, drops the sign of -0 and turns to exponents at 1e21.
 */
export function formatDouble(value: number, precision = 6): string {
  if (Number.isNaN(value)) return 'nan';
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (magnitude === Number.POSITIVE_INFINITY) return `${sign}inf`;
  // From 2^53 on every double is an integer.
  if (magnitude >= 1e21) return `${sign}${BigInt(magnitude)}${precision === 0 ? '' : `.${'0'.repeat(precision)}`}`;
  return sign + (isTie(magnitude, precision) ? toEven(magnitude.toFixed(precision)) : magnitude.toFixed(precision));
}

/**
 * C's sprintf for a format whose only conversions are `%f` and `%.Nf`: it is taken apart once, and used again and again. The
 * function throws `EMU_E_PRINTF` when values are missing.
 */
export function compileFormat(format: string): (...values: readonly number[]) => string {
  // Texts and precisions in turn, a text first and last.
  const parts = format.split(/%(\.\d*)?f/);
  const precisions = parts
    .filter((_, index) => index % 2 === 1)
    .map((dot) => (dot === undefined ? 6 : Number(dot.slice(1))));
  const texts = parts.filter((_, index) => index % 2 === 0);
  return (...values) => {
    if (values.length < precisions.length) {
      throw new EmuError('EMU_E_PRINTF', `the format needs more than ${values.length} values`, { value: format });
    }
    let out = texts[0] ?? '';
    for (let i = 0; i < precisions.length; i++) out += formatDouble(values[i] ?? 0, precisions[i]) + texts[i + 1];
    return out;
  };
}

/**
 * Whether `value` lies exactly between two decimals of `precision` d digits: 2·10^d·value is an odd integer. That is
 * 2^(d+1)·value times 5^d; a double has no factor of 5 below its point, so 2^(d+1)·value must be an odd integer itself.
 * The product by a power of two is exact.
 */
function isTie(value: number, precision: number): boolean {
  return (value * 2 ** (precision + 1)) % 2 === 1;
}

/** Takes back the rounding away from zero of a tie where it gave an odd last digit; an odd digit never borrows. */
function toEven(roundedUp: string): string {
  const digit = Number(roundedUp.at(-1));
  return digit % 2 === 0 ? roundedUp : roundedUp.slice(0, -1) + (digit - 1);
}
