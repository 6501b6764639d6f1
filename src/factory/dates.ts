import { EmuError } from '../../emulator/errors.ts';

const DAY_MS = 86_400_000;

/**
 * When a fleet's certificates are issued: a day before `now`, so that a broker whose clock is late does not refuse
 * them. Never 29 February, which has no anniversary after ten years, and within the 5 bits that a compressed
 * certificate has for the year.
 */
export function issueDate(now: Date): Date {
  let issued = new Date(Math.floor(now.getTime() / 1000) * 1000 - DAY_MS);
  if (issued.getUTCMonth() === 1 && issued.getUTCDate() === 29) issued = new Date(issued.getTime() - DAY_MS);
  const year = issued.getUTCFullYear();
  if (!(year >= 2000 && year <= 2031)) {
    throw new EmuError('EMU_E_ISSUE_DATE', 'a compressed certificate is issued between 2000 and 2031', {
      value: now,
      hint: 'set the clock of this machine',
    });
  }
  return issued;
}

/** The same moment of the year, `years` later. */
export function yearsAfter(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(date.getUTCFullYear() + years);
  return later;
}

/** The hour that `date` lies in: all that a compressed certificate keeps of a date. */
export function wholeHour(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 3_600_000) * 3_600_000);
}
