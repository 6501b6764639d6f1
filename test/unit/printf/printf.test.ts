import { describe, expect, it } from 'vitest';
import { compileFormat, formatDouble } from '../../../emulator/printf/index.ts';

describe('formatDouble', () => {
  it.each([
    [26.485141, '26.485141'],
    [0, '0.000000'],
    [1, '1.000000'],
    [-12.5, '-12.500000'],
    [0.1, '0.100000'],
    [999999.9999996, '1000000.000000'],
    // Decimals in the middle whose nearest doubles are not: C rounds what is stored.
    [0.0000005, '0.000000'], // 4.9999999999999998e-7
    [2.5e-7, '0.000000'],
    [1.0000005, '1.000001'], // 1.00000050000000007
    [0.0000015, '0.000002'], // 1.50000000000000004e-6
    [5e-324, '0.000000'],
    [-1e-9, '-0.000000'],
    [-0, '-0.000000'],
    [1e21, '1000000000000000000000.000000'],
    [1e22, '10000000000000000000000.000000'],
    [-1e22, '-10000000000000000000000.000000'],
    [1e23, '99999999999999991611392.000000'],
    [2 ** 53, '9007199254740992.000000'],
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('writes %d as %s', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it.each([
    // 2^-7 = 0.0078125 and its odd multiples lie in the middle of two six-digit decimals.
    [2 ** -7, 6, '0.007812'],
    [3 * 2 ** -7, 6, '0.023438'],
    [-(2 ** -7), 6, '-0.007812'],
    [1000 + 2 ** -7, 6, '1000.007812'],
    [0.5, 0, '0'],
    [1.5, 0, '2'],
    [2.5, 0, '2'],
    [-0.5, 0, '-0'],
    [-2.5, 0, '-2'],
    [99.5, 0, '100'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [0.25, 1, '0.2'],
    [0.75, 1, '0.8'],
    [9.75, 1, '9.8'],
    [1004.125, 2, '1004.12'],
  ])('rounds the tie %d to even with %i digits: %s', (value, precision, text) => {
    expect(formatDouble(value, precision)).toBe(text);
  });

  it('writes no point without digits', () => {
    expect(formatDouble(1e22, 0)).toBe('10000000000000000000000');
    expect(formatDouble(7, 0)).toBe('7');
  });
});

describe('a compiled format', () => {
  it('makes the firmware’s telemetry, 82 bytes', () => {
    const format = '{"Temparature": "%f" , "Pressure": "%f" , "Humidity": "%f"}';
    const payload = compileFormat(format)(26.485141, 1004.483107, 53.987691);
    expect(payload).toBe('{"Temparature": "26.485141" , "Pressure": "1004.483107" , "Humidity": "53.987691"}');
    expect(new TextEncoder().encode(payload)).toHaveLength(82);
  });

  it('takes a precision', () => {
    expect(compileFormat('%.2f|%.0f|%.f')(26.485141, 2.5, 3.5)).toBe('26.49|2|4');
  });

  it('refuses a format with more conversions than values', () => {
    expect(() => compileFormat('%f %f')(1)).toThrow(expect.objectContaining({ code: 'EMU_E_PRINTF' }));
  });
});
