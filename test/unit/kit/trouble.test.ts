import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { ACK } from '../../../emulator/i2c/index.ts';
import { KitSession } from '../../../emulator/kit/index.ts';
import { kitBench } from '../../support/kit.ts';

const INFO = 'E:t(0730000000035D)';
const REVISION = '00(07000060028038)';

/** The answer to one line, and how long it took. */
async function timed({ ask, clock }: ReturnType<typeof kitBench>, line: string) {
  const before = clock.now();
  return { answer: await ask(line), ms: clock.now() - before };
}

describe('a kit whose chip', () => {
  it('is not there says so at once', async () => {
    const bench = kitBench();
    bench.faults.add({ kind: 'absent', address: 0x60 });
    expect(await timed(bench, 'E:w()')).toEqual({ answer: 'D0()', ms: 0 });
    expect(await timed(bench, INFO)).toEqual({ answer: 'F7()', ms: 0 });
    expect(await timed(bench, 'E:i()')).toEqual({ answer: 'F7()', ms: 0 });
  });

  it('never was there says so', async () => {
    const bench = kitBench({ addresses: [] });
    for (const line of ['E:w()', 'E:i()', 'E:s()', INFO]) expect(await bench.ask(line)).toBe('C5()');
  });

  it('is stuck says so at once, until its power goes', async () => {
    const bench = kitBench();
    await bench.ask('E:w()');
    bench.faults.add({ kind: 'busy', address: 0x60 });
    expect(await timed(bench, INFO)).toEqual({ answer: 'F7()', ms: 0 });
    expect(await timed(bench, 'E:w()')).toEqual({ answer: 'D0()', ms: 0 });
    bench.faults.powerCycle(0x60);
    bench.chips[0]?.powerCycle();
    expect(await bench.ask('E:w()')).toBe('00(04113343)');
  });

  it('does not acknowledge for a while is polled until it does', async () => {
    const bench = kitBench();
    await bench.ask('E:w()');
    bench.faults.add({ kind: 'nack', address: 0x60, ms: 20 });
    expect(await timed(bench, 'E:w()')).toEqual({ answer: '00(04113343)', ms: 20 });
  });

  it('does not acknowledge for long is given up', async () => {
    const bench = kitBench();
    await bench.ask('E:w()');
    bench.faults.add({ kind: 'nack', address: 0x60 });
    expect(await timed(bench, 'E:w()')).toEqual({ answer: 'D0()', ms: 30 });
    expect(await timed(bench, INFO)).toEqual({ answer: 'F7()', ms: 30 });
  });

  it('takes a command and then falls silent is polled as long as hosts poll', async () => {
    const bench = kitBench({ pace: 'hardware' });
    await bench.ask('E:w()');
    bench.clock.alarm(1, () => bench.faults.add({ kind: 'nack', address: 0x60 }));
    // Info takes 5 ms; every 2 ms from then on, until 2500 are over.
    expect(await timed(bench, INFO)).toEqual({ answer: 'E7()', ms: 5 + 1248 * 2 });
  });

  it('has half a packet has no answer', async () => {
    const bench = kitBench();
    await bench.ask('E:w()');
    expect(await bench.ask('E:t(073000)')).toBe('E6()');
  });

  it('sleeps when its watchdog expires is woken', async () => {
    const bench = kitBench();
    await bench.ask('E:w()');
    await bench.clock.advance(1300);
    expect(await bench.ask(INFO)).toBe(REVISION);
  });

  it('is misheard hands on what was heard', async () => {
    const bench = kitBench();
    await bench.ask('E:w()');
    bench.faults.add({ kind: 'flip', address: 0x60, direction: 'write', bit: 8 + 1 });
    // The packet's count is 05 instead of 07: too short for any.
    expect(await bench.ask(INFO)).toMatch(/^00\(04(03|FF)/);
    bench.faults.add({ kind: 'flip', address: 0x60, direction: 'read', bit: 7 });
    expect((await bench.ask(INFO)).slice(0, 5)).toBe('00(87');
  });

  it('wakes with a self test that failed answers so', async () => {
    // The chip's answer to such a wake, CRC and all (data sheet 1.2).
    const session = new KitSession({
      chips: () => [0x60],
      write: () => ACK,
      read: () => Uint8Array.of(0x04, 0x07, 0xc4, 0x40),
      readyAt: () => 0,
      clock: new ManualClock(),
    });
    const [line] = session.lines(Buffer.from('E:w()\n'));
    expect(await session.answer(line ?? 'too long')).toBe('D7(0407C440)\n');
  });

  // Data sheet 1.4: from count, status and CRC to the longest reply; nothing is read behind a count that no packet has.
  it.each([
    [3, 'E6()', [1]],
    [4, '00(04000000)', [1, 3]],
    [151, `00(97${'00'.repeat(150)})`, [1, 150]],
    [152, 'E6()', [1]],
    [255, 'E6()', [1]],
  ])('announces %i bytes', async (count, expected, lengths) => {
    const read: number[] = [];
    const session = new KitSession({
      chips: () => [0x60],
      write: () => ACK,
      read: (_address, length) => {
        read.push(length);
        return length === 1 ? Uint8Array.of(count) : new Uint8Array(length);
      },
      readyAt: () => 0,
      clock: new ManualClock(),
    });
    const [line] = session.lines(Buffer.from(`${INFO}\n`));
    expect(await session.answer(line ?? 'too long')).toBe(`${expected}\n`);
    expect(read).toEqual(lengths);
  });

  it('answers a wake wrongly is woken once more', async () => {
    const bench = kitBench();
    bench.faults.add({ kind: 'flip', address: 0x60, direction: 'read', bit: 0 });
    expect(await bench.ask('E:w()')).toBe('00(04113343)');
    bench.faults.add({ kind: 'flip', address: 0x60, direction: 'read', bit: 0, transfers: 2 });
    expect(await bench.ask('E:w()')).toBe('D0()');
  });
});
