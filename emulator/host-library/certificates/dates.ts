/**
 * The dates of a compressed certificate: 24 bits, most significant first, year - 2000 (5), month (4), day (5),
 * hour (5), expire years (5). There are no minutes, and nothing keeps month 15 or day 0 out of a slot.
 */
export interface CompressedDates {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  /** From issue to expiry, same month, day and hour; 0 = never expires. */
  readonly expireYears: number;
}

/** UTC; a leap second is no part of X.509 (RFC 5280 4.1.2.5). */
export interface Time {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Bytes of a UTCTime YYMMDDhhmmssZ and of a GeneralizedTime YYYYMMDDhhmmssZ; the count of a date's element determines its format. */
export const UTC_TIME = 13;
export const GENERALIZED_TIME = 15;

export function encodeDates(dates: CompressedDates): Uint8Array {
  const { year, month, day, hour, expireYears } = dates;
  const bits = ((year - 2000) << 19) | (month << 15) | (day << 10) | (hour << 5) | expireYears;
  return Uint8Array.of(bits >> 16, bits >> 8, bits);
}

export function decodeDates(bytes: Uint8Array, offset = 0): CompressedDates {
  const bits = new DataView(bytes.buffer, bytes.byteOffset + offset, 3);
  const high = bits.getUint16(0);
  const low = bits.getUint8(2);
  return {
    year: 2000 + (high >> 11),
    month: (high >> 7) & 15,
    day: (high >> 2) & 31,
    hour: ((high & 3) << 3) | (low >> 5),
    expireYears: low & 31,
  };
}

/** Whether both dates can be written. Quirk: no month's length is looked at, so that 30 February passes. */
export function areDatesValid(dates: CompressedDates, notAfterCount: number): boolean {
  const { year, month, day, hour, expireYears } = dates;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return false;
  return notAfterCount !== UTC_TIME || year + expireYears <= 2049;
}

/** When a certificate of these dates ends; one that never ends has the last date that its format can express. */
export function expiry(dates: CompressedDates, notAfterCount: number): Time {
  const { year, month, day, hour, expireYears } = dates;
  if (expireYears !== 0) return { year: year + expireYears, month, day, hour, minute: 0, second: 0 };
  return { year: notAfterCount === UTC_TIME ? 2049 : 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59 };
}

function putDigits(out: Uint8Array, offset: number, value: number): number {
  out[offset] = 0x30 + Math.floor(value / 10);
  out[offset + 1] = 0x30 + (value % 10);
  return offset + 2;
}

/** Writes a valid time as the `count` bytes of its format. */
export function putTime(out: Uint8Array, offset: number, count: number, time: Time): void {
  let at = offset;
  if (count === GENERALIZED_TIME) at = putDigits(out, at, Math.floor(time.year / 100));
  at = putDigits(out, at, time.year % 100);
  at = putDigits(out, at, time.month);
  at = putDigits(out, at, time.day);
  at = putDigits(out, at, time.hour);
  at = putDigits(out, at, time.minute);
  at = putDigits(out, at, time.second);
  out[at] = 0x5a;
}

/** Reads a time out of a certificate; a UTCTime's year below 50 is 20YY (RFC 5280 4.1.2.5.1). */
export function readTime(der: Uint8Array, offset: number, count: number): Time {
  const digits = Array.from(der.subarray(offset, offset + count - 1), (byte) => byte - 0x30);
  const pair = (index: number) => (digits[index] ?? 0) * 10 + (digits[index + 1] ?? 0);
  const start = count - UTC_TIME;
  const century = count === GENERALIZED_TIME ? pair(0) * 100 : pair(0) < 50 ? 2000 : 1900;
  return {
    year: century + pair(start),
    month: pair(start + 2),
    day: pair(start + 4),
    hour: pair(start + 6),
    minute: pair(start + 8),
    second: pair(start + 10),
  };
}
