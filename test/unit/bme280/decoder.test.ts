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

  // BST-BME280-DS001, table 18.
  it.each([
    [0x87, '87'],
    [0x88, 'calib00'],
    [0xa1, 'calib25'],
    [0xa2, 'A2'],
    [0xd0, 'id'],
    [0xe0, 'reset'],
    [0xe1, 'calib26'],
    [0xf0, 'calib41'],
    [0xf1, 'F1'],
    [0xf2, 'ctrl_hum'],
    [0xf3, 'status'],
    [0xf4, 'ctrl_meas'],
    [0xf5, 'config'],
    [0xf6, 'F6'],
    [0xf7, 'press_msb'],
    [0xf8, 'press_lsb'],
    [0xf9, 'press_xlsb'],
    [0xfa, 'temp_msb'],
    [0xfb, 'temp_lsb'],
    [0xfc, 'temp_xlsb'],
    [0xfd, 'hum_msb'],
    [0xfe, 'hum_lsb'],
    [0xff, 'FF'],
  ])('register %i is %s', (address, name) => {
    expect(bme280Decoder.write(Uint8Array.of(address))).toBe(`-> ${name}`);
    expect(bme280Decoder.write(Uint8Array.of(address, 0x5a))).toBe(`${name}=5A`);
  });

  it('names each of four bytes, and of more the first and the last', () => {
    expect(read('01 02 03 04', 'F2')).toBe('ctrl_hum=01 status=02 ctrl_meas=03 config=04');
    expect(read('01 02 03 04 05', 'F2')).toBe('ctrl_hum…F6');
    expect(read('01 02 03 04 05 06 07', 'F7')).toBe('press_msb…hum_msb');
    expect(read('01 02 03 04 05 06 07 08', 'F6')).toBe('F6…hum_msb');
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
