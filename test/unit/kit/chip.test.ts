import { describe, expect, it } from 'vitest';
import { kitBench } from '../../support/kit.ts';

// Packets and their CRCs by hand: Info in Revision mode, Random, Read of a data slot, which an unlocked chip refuses.
const INFO = 'E:t(0730000000035D)';
const REVISION = '00(07000060028038)';
const RANDOM = 'E:t(071B00000024CD)';
const READ_DATA = 'E:t(07020200001DA8)';

describe('a chip behind a kit', () => {
  it('is woken, asked and left as a host does it', async () => {
    const { ask, transcript } = kitBench();
    expect(await ask('E:w()')).toBe('00(04113343)');
    expect(await ask(INFO)).toBe(REVISION);
    expect(await ask('E:i()')).toBe('00()');
    expect(transcript()).toEqual([
      'W 00 NACK',
      'R 60 04 11 33 43',
      'W 60 03 07 30 00 00 00 03 5D',
      'R 60 07',
      'R 60 00 00 60 02 80 38',
      'W 60 02',
    ]);
  });

  it('answers with data', async () => {
    const { ask } = kitBench();
    await ask('E:w()');
    // Before the configuration is locked a chip's random number is this pattern.
    expect(await ask(RANDOM)).toBe(`00(23${'FFFF0000'.repeat(8)}411A)`);
  });

  it('refuses in an answer that succeeds', async () => {
    const { ask } = kitBench();
    await ask('E:w()');
    expect(await ask(READ_DATA)).toBe('00(040F2342)');
    // A CRC that is wrong.
    expect(await ask('E:t(0730000000035E)')).toBe('00(04FF0142)');
  });

  it('is put to sleep', async () => {
    const { ask } = kitBench();
    await ask('E:w()');
    expect(await ask('E:s()')).toBe('00()');
    expect(await ask('E:s()')).toBe('F7()');
    expect(await ask('E:i()')).toBe('F7()');
  });

  it('wakes anew when it was awake, and forgets nothing', async () => {
    const { ask } = kitBench();
    await ask('E:w()');
    // Nonce in pass-through mode loads TempKey: valid, SourceFlag 1, as Info's State says.
    expect(await ask(`E:t(2716030000${'00'.repeat(32)}C7B8)`)).toBe('00(04000340)');
    expect(await ask('E:w()')).toBe('00(04113343)');
    expect(await ask('E:t(073002000000D8)')).toBe('00(0710800000170D)');
  });

  it('is woken for a packet that finds it asleep', async () => {
    const { ask, transcript } = kitBench();
    expect(await ask(INFO)).toBe(REVISION);
    expect(transcript().slice(0, 3)).toEqual(['W 60 NACK', 'W 00 NACK', 'R 60 04 11 33 43']);
  });

  it('is busy for as long as its command takes', async () => {
    const { ask, clock } = kitBench({ pace: 'hardware' });
    await ask('E:w()');
    const before = clock.now();
    expect(await ask(RANDOM)).toMatch(/^00\(23FFFF0000/);
    expect(clock.now() - before).toBe(23);
  });

  it('answers at once in fast pace', async () => {
    const { ask, clock } = kitBench();
    const before = clock.now();
    for (const line of ['E:w()', RANDOM, INFO, 'E:i()']) await ask(line);
    expect(clock.now()).toBe(before);
  });

  it('is shared by two hosts, with what it remembers', async () => {
    const { host } = kitBench();
    const [one, other] = [host(), host()];
    expect(await one.ask('E:w()')).toBe('00(04113343)');
    expect(await other.ask('E:w()')).toBe('00(04113343)');
    expect(await one.ask(INFO)).toBe(REVISION);
    expect(await other.ask('E:i()')).toBe('00()');
    expect(await one.ask(INFO)).toBe(REVISION);
  });
});
