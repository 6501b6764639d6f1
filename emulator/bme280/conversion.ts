import { NO_SAMPLE_16_BIT, NO_SAMPLE_20_BIT, OVERSAMPLING, osrsP, osrsT } from './registers.ts';

/** The typical time of one conversion in milliseconds (data sheet 9.1): a skipped channel costs nothing. */
export function conversionTime(ctrlMeas: number, ctrlHum: number): number {
  const temperature = oversampling(osrsT(ctrlMeas));
  const pressure = oversampling(osrsP(ctrlMeas));
  const humidity = oversampling(ctrlHum);
  return 1 + 2 * temperature + (pressure && 2 * pressure + 0.5) + (humidity && 2 * humidity + 0.5);
}

export function oversampling(code: number): number {
  return OVERSAMPLING[code] ?? 0;
}

/** A pressure or temperature as its registers show it: 20 bits with the filter on, else 16 bits and one more a code (3.4). */
export function quantise(value: number, code: number, filtered: boolean): number {
  const step = filtered ? 1 : 2 ** (5 - Math.min(code, 5));
  return avoid(NO_SAMPLE_20_BIT, Math.floor(within(value, 0xfffff) / step) * step, step);
}

/** A humidity as its registers show it: 16 bits, never filtered. */
export function quantiseHumidity(value: number): number {
  return avoid(NO_SAMPLE_16_BIT, within(value, 0xffff), 1);
}

function within(value: number, max: number): number {
  return Math.min(max, Math.max(0, Math.round(value)));
}

/** Drivers take the code of a skipped channel for "no data", so a sample that falls on it moves by one step. */
function avoid(noSample: number, value: number, step: number): number {
  return value === noSample ? value + step : value;
}
