import { describe, expect, it } from 'vitest';
import { bme280Decoder } from '../../../emulator/bme280/index.ts';
import { fromHex } from '../../support/bme280.ts';

const write = (bytes: string) => bme280Decoder.write(fromHex(bytes));
const read = (bytes: string, written: string) => bme280Decoder.read(fromHex(bytes), fromHex(written));

describe('bme280Decoder', () => {
  it('names the registers of a write', () => {
    expect(write('F4 57')).toBe('ctrl_meas=57');
    expect(write('F5 10 F2 01 F3')).toBe('config=10 ctrl_hum=01 -> status');
    expect(write('A5 00')).toBe('A5=00');
    expect(write('')).toBe('');
  });

  it('names what a read gets by the pointer that was set', () => {
    expect(read('60', 'D0')).toBe('id=60');
    expect(read('00 57 10', 'F3')).toBe('status=00 ctrl_meas=57 config=10');
    expect(read('54', 'F2 01 F4 54')).toBe('ctrl_meas=54');
    expect(read('57', 'F2 01 F4')).toBe('ctrl_meas=57');
    expect(read('65 01 00 14 0B 00 1E', 'E1')).toBe('calib26…calib32');
    expect(read('655AC07EED007649', 'F7')).toBe('press=655AC temp=7EED0 hum=7649');
    expect(read('7E ED 00', 'FA')).toBe('temp_msb=7E temp_lsb=ED temp_xlsb=00');
  });
});
