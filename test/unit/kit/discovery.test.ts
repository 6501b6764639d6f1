import { describe, expect, it } from 'vitest';
import { kitBench } from '../../support/kit.ts';

describe('a kit tells hosts', () => {
  it('its chips by index, with their addresses in 8 bits', async () => {
    const { ask } = kitBench({ addresses: [0x60, 0x35] });
    expect(await ask('board:device(00)')).toBe('ECC608 TWI 00(C0)');
    expect(await ask('board:device(01)')).toBe('ECC608 TWI 00(6A)');
  });

  it('that there is no further chip, in a line that parses like the others', async () => {
    const { ask } = kitBench();
    for (const index of ['01', '02', '03', '04', '05', '06', '07', 'FF']) {
      expect(await ask(`board:device(${index})`)).toBe('no_device TWI 00(00)');
    }
  });

  it('its own name with its first chip, and the version of what it speaks', async () => {
    expect(await kitBench().ask('board:version()')).toBe('emu kit ECC608 TWI 00(C0)');
    expect(await kitBench({ addresses: [] }).ask('board:version()')).toBe('emu kit no_device TWI 00(00)');
    expect(await kitBench().ask('board:firmware()')).toBe('emu 00(010000)');
    expect(await kitBench().ask('board:firmware(00)')).toBe('emu 00(010000)');
  });

  it('nothing that is longer than their buffers', async () => {
    const { ask } = kitBench();
    for (const line of ['b:v()', 'b:f()', 'b:d(00)', 'b:d(01)', 'E:p:s(C0)', 'E:p:i:i2c', 'E:w()', 'E:i()', 'E:s()']) {
      expect((await ask(line)).length, line).toBeLessThanOrEqual(37);
    }
  });
});

describe('selecting', () => {
  it('takes the address as it was told', async () => {
    const { ask, transcript } = kitBench({ addresses: [0x60, 0x35] });
    expect(await ask('E:physical:select(6A)')).toBe('00()');
    await ask('E:w()');
    expect(transcript()).toEqual(['W 00 NACK', 'R 35 04 11 33 43']);
    expect(await ask('E:physical:select(C0)')).toBe('00()');
    await ask('E:i()');
    expect(transcript().at(-1)).toBe('W 60 02');
  });

  it('is not needed where the first chip is meant', async () => {
    const { ask, transcript } = kitBench({ addresses: [0x35, 0x60] });
    expect(await ask('E:w()')).toBe('00(04113343)');
    expect(transcript()).toEqual(['W 00 NACK', 'R 35 04 11 33 43']);
  });

  it('stays with each host', async () => {
    const { host, transcript } = kitBench({ addresses: [0x60, 0x35] });
    const [one, other] = [host(), host()];
    await one.ask('E:p:s(6A)');
    await other.ask('E:w()');
    await one.ask('E:i()');
    expect(transcript()).toEqual(['W 00 NACK', 'R 60 04 11 33 43', 'W 35 02']);
  });

  it('an address where no chip is changes nothing', async () => {
    const { ask } = kitBench();
    expect(await ask('E:p:s(6A)')).toBe('C5()');
    expect(await ask('E:w()')).toBe('00(04113343)');
  });

  it('the interface succeeds with the one that there is', async () => {
    const { ask } = kitBench();
    expect(await ask('E:physical:interface:i2c')).toBe('00()');
    expect(await ask('E:physical:interface:spi')).toBe('04()');
  });
});
