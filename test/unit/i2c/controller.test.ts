import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import {
  ACK,
  I2cBus,
  type I2cController,
  type I2cTarget,
  i2cController,
  type Pace,
} from '../../../emulator/i2c/index.ts';

/** A target that notes when each transfer reached it. */
function bench(pace: Pace, clockHz?: number) {
  const clock = new ManualClock({ start: 1000 });
  const seen: string[] = [];
  const note = (what: string, stop: boolean) => seen.push(`${what}${stop ? '' : ' +'}`);
  const target: I2cTarget = {
    write(bytes, stop) {
      note(`W ${bytes.length}`, stop);
      return ACK;
    },
    read(length, stop) {
      note(`R ${length}`, stop);
      return new Uint8Array(length).fill(7);
    },
    readyAt: () => 1234,
  };
  const controller = i2cController(new I2cBus().attach(0x60, target), clock, pace, clockHz);
  /** What `act` resolves to, and the milliseconds that it took. */
  const timed = async <T>(act: (i2c: I2cController) => Promise<T>): Promise<[result: T, ms: number]> => {
    const start = clock.now();
    let end = Number.NaN;
    const result = act(controller).then((value) => {
      end = clock.now();
      return value;
    });
    await clock.advance(100);
    return [await result, end - start];
  };
  return { controller, seen, timed };
}

describe('a controller in hardware pace', () => {
  // START, 9 bits for the address and for each byte, STOP; 10 µs a bit at 100 kHz.
  it.each([
    ['an address alone', 0, 0.11],
    ['one byte', 1, 0.2],
    ['four bytes', 4, 0.47],
    ['a command of 72 bytes', 72, 6.59],
  ])('takes the time of %s on the bus', async (_, length, ms) => {
    const { timed } = bench('hardware');
    const [written, writeMs] = await timed((i2c) => i2c.write(0x60, new Uint8Array(length)));
    expect(written).toEqual({ ack: 'ack' });
    expect(writeMs).toBeCloseTo(ms, 9);
    const [read, readMs] = await timed((i2c) => i2c.read(0x60, length));
    expect(read).toEqual(new Uint8Array(length).fill(7));
    expect(readMs).toBeCloseTo(ms, 9);
  });

  it('is four times as fast at 400 kHz', async () => {
    const [, ms] = await bench('hardware', 400_000).timed((i2c) => i2c.write(0x60, new Uint8Array(4)));
    expect(ms).toBeCloseTo(0.47 / 4, 9);
  });

  it('takes as long to learn that nobody is there', async () => {
    const { timed } = bench('hardware');
    const [written, ms] = await timed((i2c) => i2c.write(0x61, new Uint8Array(1)));
    expect(written).toEqual({ ack: 'address-nack' });
    expect(ms).toBeCloseTo(0.2, 9);
    expect((await timed((i2c) => i2c.read(0x61, 1)))[0]).toBeUndefined();
  });

  it('reaches the target when the transfer is over', async () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const bus = new I2cBus().attach(0x60, {
      write: () => {
        times.push(clock.now());
        return ACK;
      },
      read: () => undefined,
    });
    const i2c = i2cController(bus, clock, 'hardware');
    void i2c.write(0x60, new Uint8Array(1)).then(() => i2c.write(0x60, new Uint8Array(1)));
    await clock.advance(0.39);
    expect(times).toHaveLength(1);
    await clock.advance(0.02);
    expect(times[0]).toBeCloseTo(0.2, 9);
    expect(times[1]).toBeCloseTo(0.4, 9);
  });

  it('waits where the driver waits', async () => {
    const [, ms] = await bench('hardware').timed((i2c) => i2c.delay(10));
    expect(ms).toBe(10);
  });
});

describe('a controller in fast pace', () => {
  it('takes no time for anything', async () => {
    const { timed } = bench('fast');
    const acts: ((i2c: I2cController) => Promise<unknown>)[] = [
      (i2c) => i2c.write(0x60, new Uint8Array(200)),
      (i2c) => i2c.read(0x60, 200),
      (i2c) => i2c.delay(1000),
    ];
    for (const act of acts) expect((await timed(act))[1]).toBe(0);
  });
});

describe.each<Pace>(['fast', 'hardware'])('a controller in %s pace', (pace) => {
  it('passes on whether the bus is held, and when a target is ready', async () => {
    const { controller, seen, timed } = bench(pace);
    expect(controller.pace).toBe(pace);
    await timed((i2c) => i2c.write(0x60, new Uint8Array(1), false));
    await timed((i2c) => i2c.read(0x60, 2, false));
    await timed((i2c) => i2c.read(0x60, 3));
    expect(seen).toEqual(['W 1 +', 'R 2 +', 'R 3']);
    expect(controller.readyAt(0x60)).toBe(1234);
    expect(controller.readyAt(0x61)).toBeUndefined();
  });
});
