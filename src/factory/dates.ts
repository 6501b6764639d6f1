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
      hint: 'Set the clock of this machine.',
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

/** The five bits that a compressed certificate has for its years; 0 stands for never. */
const MAX_YEARS = 31;
/** The last year of a UTCTime (RFC 5280 4.1.2.5.1); a chip keeps its signer's dates as two of them. */
const LAST_UTC_YEAR = 2049;

/** @throws EmuError EMU_E_CA_YEARS */
export function requireDeviceYears(years: number | undefined): void {
  if (years === undefined || (Number.isInteger(years) && years >= 1 && years <= MAX_YEARS)) return;
  throw new EmuError(
    'EMU_E_CA_YEARS',
    `a certificate in a chip is valid for 1 to ${MAX_YEARS} whole years, not ${years}`,
    {
      value: years,
      hint: 'Its compressed form has five bits for the years.',
    },
  );
}

/** @throws EmuError EMU_E_CA_YEARS */
export function requireSignerYears(issuedAt: Date, years = 0): void {
  const most = LAST_UTC_YEAR - issuedAt.getUTCFullYear();
  if (years <= most) return;
  throw new EmuError('EMU_E_CA_YEARS', `a signer issued now is valid for at most ${most} years, not ${years}`, {
    value: years,
    hint: `The chip has room for a signer's dates through ${LAST_UTC_YEAR}.`,
  });
}

/** The hour that `date` lies in: all that a compressed certificate keeps of a date. */
export function wholeHour(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 3_600_000) * 3_600_000);
}
