import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kitBench } from '../../support/kit.ts';

const CONVERSATION = 'board:device(00)\nE:physical:select(C0)\nE:w()\nE:t(0730000000035D)\nE:i()\n';
const ANSWERS = ['ECC608 TWI 00(C0)\n', '00()\n', '00(04113343)\n', '00(07000060028038)\n', '00()\n'];

describe('lines to a kit', () => {
  it('may be split anywhere', async () => {
    for (let at = 0; at <= CONVERSATION.length; at++) {
      const { send } = kitBench();
      expect(await send(CONVERSATION.slice(0, at), CONVERSATION.slice(at))).toEqual(ANSWERS);
    }
    expect(await kitBench().send(...CONVERSATION)).toEqual(ANSWERS);
  });

  it('may have NULs anywhere, as hosts send the end of a string with it', async () => {
    expect(await kitBench().send(CONVERSATION.replaceAll('\n', `\n${'\0'.repeat(1000)}`))).toEqual(ANSWERS);
    expect(await kitBench().send([...CONVERSATION].join('\0'))).toEqual(ANSWERS);
  });

  it('may end in CR LF', async () => {
    expect(await kitBench().send(CONVERSATION.replaceAll('\n', '\r\n'))).toEqual(ANSWERS);
  });

  it('may be in either case, with their words cut short', async () => {
    for (const [short, long] of [
      ['b:d(00)', 'BOARD:DEVICE(00)'],
      ['b:dev(01)', 'board:device(01)'],
      ['b:v()', 'Board:Version()'],
      ['b:f()', 'board:firm()'],
      ['e:p:s(c0)', 'ECC:PHYSICAL:SELECT(C0)'],
      ['s:p:i:i2c', 'sha:physical:interface:I2C'],
      ['d:w()', 'Device:Wake()'],
      ['e:t(0730000000035d)', 'ecc:talk(0730000000035D)'],
      ['e:i()', 'ec:idle()'],
      ['s:s()', 'e:slee()'],
    ] as const) {
      const [one, other] = [kitBench(), kitBench()];
      await Promise.all([one.ask('E:w()'), other.ask('E:w()')]);
      const answer = await one.ask(short);
      expect(await other.ask(long), long).toBe(answer);
      expect(answer, short).not.toMatch(/^(?!00)[0-9A-F]{2}\(/);
    }
  });

  // 03: no such command; 04: a command of other kits; E2: a bad value; E4: a bad length.
  it.each([
    ['', '03()'],
    ['()', '03()'],
    ['w()', '03()'],
    ['x:w()', '03()'],
    ['e:x()', '03()'],
    ['e:()', '03()'],
    [':w()', '03()'],
    ['e:waker()', '03()'],
    ['e:w:x()', '03()'],
    ['e:w(', '03()'],
    ['e:w)', '03()'],
    ['e:w()()', '03()'],
    ['e:w()x', '03()'],
    ['e:p()', '03()'],
    ['e:p:x(C0)', '03()'],
    ['e:p:s:x(C0)', '03()'],
    ['e:p:i', '03()'],
    ['e:p:i:i2c:x', '03()'],
    ['e:p:i::', '03()'],
    ['b:x()', '03()'],
    ['b:d:x(00)', '03()'],
    ['b:di()', '04()'],
    ['b:g()', '04()'],
    ['b:l()', '04()'],
    ['b:application(00)', '04()'],
    ['e:send(0300)', '04()'],
    ['e:receive(04)', '04()'],
    ['b:d()', 'E2()'],
    ['b:d(0)', 'E2()'],
    ['b:d(0000)', 'E2()'],
    ['b:d(0x)', 'E2()'],
    ['b:f(01)', 'E2()'],
    ['e:p:s()', 'E2()'],
    ['e:p:s(C0C0)', 'E2()'],
    ['e:t(073)', 'E2()'],
    ['e:t(07 30)', 'E2()'],
    ['e:t(zz)', 'E2()'],
    ['e:t()', 'E4()'],
  ])('refuses %j with %s', async (line, answer) => {
    expect(await kitBench().ask(line)).toBe(answer);
  });

  it('have 512 bytes at most', async () => {
    const { ask } = kitBench();
    expect(await ask(`b:v(${'0'.repeat(507)})`)).toBe('emu kit ECC608 TWI 00(C0)');
    expect(await ask(`b:v(${'0'.repeat(508)})`)).toBe('E4()');
    expect(await ask('x'.repeat(100_000))).toBe('E4()');
    expect(await ask('b:v()')).toBe('emu kit ECC608 TWI 00(C0)');
  });

  it('are answered one by one, whatever they are and however they come', async () => {
    const words = fc.constantFrom('b', 'board', 'E', 'ecc', ':', '(', ')', 'd', 'w', 't', 's', 'p', 'i', '\0', '\r');
    const hex = fc.uint8Array({ maxLength: 160 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    const line = fc.oneof(
      fc.array(fc.oneof(words, hex), { maxLength: 12 }).map((parts) => parts.join('')),
      hex.map((digits) => `E:t(${digits})`),
      fc.constantFrom('E:w()', 'E:i()', 'E:s()', 'E:t(0730000000035D)', 'E:p:s(C0)'),
      fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 64 }), async (lines, size) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''), 'latin1');
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(size * index, size * (index + 1)),
        );
        const answers = await kitBench().send(...pieces);
        const ends = bytes.filter((byte) => byte === 0x0a).length;
        expect(answers.length).toBe(ends);
        for (const answer of answers) expect(answer).toMatch(/^[\w ]*[0-9A-F]{2}\((?:[0-9A-F]{2})*\)\n$/);
      }),
      { numRuns: 150 },
    );
  });
});
