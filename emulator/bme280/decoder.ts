import type { TransactionDecoder } from '../i2c/index.ts';
import { CALIB00, CALIB26, CHIP_ID, CONFIG, CTRL_HUM, CTRL_MEAS, PRESS_MSB, RESET, STATUS } from './registers.ts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [CHIP_ID, 'id'],
  [RESET, 'reset'],
  [CTRL_HUM, 'ctrl_hum'],
  [STATUS, 'status'],
  [CTRL_MEAS, 'ctrl_meas'],
  [CONFIG, 'config'],
  ...['press_msb', 'press_lsb', 'press_xlsb', 'temp_msb', 'temp_lsb', 'temp_xlsb', 'hum_msb', 'hum_lsb'].map(
    (name, index): [number, string] => [PRESS_MSB + index, name],
  ),
]);

/** Names registers and gives their values in hexadecimal: `ctrl_meas=57`, `press=655AC temp=7EED0 hum=7649`. */
export const bme280Decoder: TransactionDecoder = {
  write(bytes) {
    const words: string[] = [];
    for (let i = 0; i < bytes.length; i += 2) {
      const value = bytes[i + 1];
      const name = nameOf(bytes[i] ?? 0);
      words.push(value === undefined ? `-> ${name}` : `${name}=${hex(value, 2)}`);
    }
    return words.join(' ');
  },

  read(bytes, written) {
    const start = written[(written.length - 1) & ~1] ?? 0;
    if (start === PRESS_MSB && bytes.length === 8) {
      const [p0 = 0, p1 = 0, p2 = 0, t0 = 0, t1 = 0, t2 = 0, h0 = 0, h1 = 0] = bytes;
      return `press=${hex20(p0, p1, p2)} temp=${hex20(t0, t1, t2)} hum=${hex((h0 << 8) | h1, 4)}`;
    }
    return bytes.length > 4
      ? `${nameOf(start)}…${nameOf(start + bytes.length - 1)}`
      : Array.from(bytes, (value, index) => `${nameOf(start + index)}=${hex(value, 2)}`).join(' ');
  },
};

function nameOf(address: number): string {
  const name = NAMES.get(address);
  if (name !== undefined) return name;
  if (address >= CALIB00 && address < CALIB00 + 26) return `calib${String(address - CALIB00).padStart(2, '0')}`;
  if (address >= CALIB26 && address < CALIB26 + 16) return `calib${26 + address - CALIB26}`;
  return hex(address, 2);
}

function hex20(msb: number, lsb: number, xlsb: number): string {
  return hex((msb << 12) | (lsb << 4) | (xlsb >> 4), 5);
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
