import { EmuError } from '../errors.ts';
import { type DerElement, derTag } from './der.ts';

/** Days from 1970-01-01 to the first of a month, proleptic Gregorian calendar. */
function daysBefore(year: number, month: number): number {
  // Counting years from March puts the leap day at the end of the year.
  const y = month > 2 ? year : year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const monthDays = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return 365 * y + leapDays + monthDays - 719_468;
}

function daysIn(year: number, month: number): number {
  return month === 12 ? 31 : daysBefore(year, month + 1) - daysBefore(year, month);
}

/** UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 allows them (to the second, Z), in seconds since 1970. */
export function readTime(element: DerElement): number {
  const text = String.fromCharCode(...element.content);
  const pattern =
    element.tag === derTag.utcTime
      ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
      : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
  const match = pattern.exec(text);
  const malformed = new EmuError('EMU_E_DER_MALFORMED', `the time "${text}"`);
  if (match === null || (element.tag !== derTag.utcTime && element.tag !== derTag.generalizedTime)) throw malformed;
  const [shortYear = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const century = element.tag === derTag.utcTime ? (shortYear < 50 ? 2000 : 1900) : 0;
  const year = century + shortYear;
  // As x509_date_is_valid and x509_parse_time of mbedTLS, and OpenSSL: a moment that the calendar has.
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!isDate || hour > 23 || minute > 59 || second > 59) throw malformed;
  return (daysBefore(year, month) + day - 1) * 86_400 + hour * 3600 + minute * 60 + second;
}
