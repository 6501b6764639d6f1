import { describe, expect, it } from 'vitest';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import {
  ACK,
  I2cBus,
  type I2cController,
  type I2cTarget,
  type I2cWriteResult,
  i2cController,
  type Pace,
  settled,
} from '../../../emulator/i2c/index.ts';

/** A target that notes when each transfer reached it. */
function bench(pace: Pace, clockHz?: number, taken: I2cWriteResult = ACK) {
  const clock = new ManualClock({ start: 1000 });
  const seen: string[] = [];
  const note = (what: string, stop: boolean) => seen.push(`${what}${stop ? '' : ' +'}`);
  const target: I2cTarget = {
    write(bytes, stop) {
      note(`W ${bytes.length}`, stop);
      return taken;
    },
    read(length, stop) {
      note(`R ${length}`, stop);
      return new Uint8Array(length).fill(7);
    },
    readyAt: () => 1234,
  };
  const controller = i2cController(new I2cBus().attach(0x60, target), new TaskClock(clock), pace, clockHz);
  /** What `act` returns, and the milliseconds until it is settled. */
  const timed = async <T>(act: (i2c: I2cController) => T): Promise<[result: T, ms: number]> => {
    controller.clock.resume();
    const start = clock.now();
    let end = Number.NaN;
    const result = settled(controller, () => act(controller)).finally(() => {
      end = clock.now();
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

  it('takes START, the address and STOP to learn that nobody is there', async () => {
    const { timed } = bench('hardware');
    const [written, writeMs] = await timed((i2c) => i2c.write(0x61, new Uint8Array(5)));
    expect(written).toEqual({ ack: 'address-nack' });
    expect(writeMs).toBeCloseTo(0.11, 9);
    expect((await timed((i2c) => i2c.write(0x61, new Uint8Array(5), false)))[1]).toBeCloseTo(0.11, 9);
    const [read, readMs] = await timed((i2c) => i2c.read(0x61, 5));
    expect(read).toBeUndefined();
    expect(readMs).toBeCloseTo(0.11, 9);
  });

  it('stops behind the byte that is not acknowledged', async () => {
    const { timed } = bench('hardware', undefined, { ack: 'data-nack', taken: 2 });
    // START, address, three bytes, STOP.
    expect((await timed((i2c) => i2c.write(0x60, new Uint8Array(9))))[1]).toBeCloseTo(0.38, 9);
    expect((await timed((i2c) => i2c.write(0x60, new Uint8Array(9), false)))[1]).toBeCloseTo(0.38, 9);
  });

  it('addresses anew behind a write without STOP, and goes on behind a read without', async () => {
    const { timed } = bench('hardware');
    const ms = async (act: (i2c: I2cController) => unknown) => (await timed(act))[1];
    expect(await ms((i2c) => i2c.write(0x60, new Uint8Array(1), false))).toBeCloseTo(0.19, 9);
    expect(await ms((i2c) => i2c.read(0x60, 8))).toBeCloseTo(0.83, 9);
    expect(await ms((i2c) => i2c.read(0x60, 1, false))).toBeCloseTo(0.19, 9);
    expect(await ms((i2c) => i2c.read(0x60, 34))).toBeCloseTo(3.07, 9);
    expect(await ms((i2c) => i2c.read(0x60, 34))).toBeCloseTo(3.17, 9);
  });

  it('reaches the target with a write when it is over, with a read when the address is', () => {
    const task = new TaskClock(new ManualClock());
    const times: number[] = [];
    const bus = new I2cBus().attach(0x60, {
      write: () => {
        times.push(task.now());
        return ACK;
      },
      read: (length) => {
        times.push(task.now());
        return new Uint8Array(length);
      },
    });
    const i2c = i2cController(bus, task, 'hardware');
    i2c.write(0x60, new Uint8Array(1));
    i2c.write(0x60, new Uint8Array(1));
    i2c.read(0x60, 10);
    i2c.read(0x60, 1);
    for (const [i, ms] of [0.2, 0.4, 0.5, 0.4 + 1.01 + 0.1].entries()) expect(times[i]).toBeCloseTo(ms, 9);
  });

  it('waits once for all that it took', () => {
    const clock = new ManualClock();
    const i2c = i2cController(new I2cBus(), new TaskClock(clock), 'hardware');
    i2c.delay(10);
    i2c.write(0x60, new Uint8Array(1));
    i2c.delay(1);
    expect(clock.nextAlarm).toBeUndefined();
    void i2c.settle();
    expect(clock.nextAlarm).toBeCloseTo(11.11, 9);
  });

  it('waits where the driver waits', async () => {
    const [, ms] = await bench('hardware').timed((i2c) => i2c.delay(10));
    expect(ms).toBe(10);
  });
});

describe('a controller in fast pace', () => {
  it('takes no time for anything', async () => {
    const { timed } = bench('fast');
    const acts: ((i2c: I2cController) => unknown)[] = [
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
