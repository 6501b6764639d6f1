import { describe, expect, it } from 'vitest';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import { I2cBus, i2cController, settled } from '../../../emulator/i2c/index.ts';
import { DurableMemory, durableController } from '../../../src/store/index.ts';

/** A chip's memory of one byte; commits that end when the test says so. */
function bench(isCommitted = true) {
  const chip = { memory: Uint8Array.of(0), nonVolatileWrites: 0 };
  const committed: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const commit = (memory: Uint8Array) => {
    committed.push(memory[0] as number);
    return new Promise<void>((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };
  return {
    chip,
    committed,
    memory: new DurableMemory(chip, commit, isCommitted),
    write(value: number) {
      chip.memory[0] = value;
      chip.nonVolatileWrites++;
    },
    end: (error?: Error) => ends.shift()?.(error),
  };
}

/** Whether a promise is over once everything runnable has run. */
async function isOver(promise: Promise<unknown> | undefined): Promise<boolean> {
  let over = false;
  promise?.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  return over;
}

describe('the memory of a chip', () => {
  it('needs no wait where nothing was written', () => {
    const { memory, committed } = bench();
    expect(memory.settle()).toBeUndefined();
    expect(committed).toEqual([]);
  });

  it('is committed once for all that was written since', async () => {
    const { memory, committed, write, end } = bench();
    write(1);
    write(2);
    const lasting = memory.settle();
    expect(await isOver(lasting)).toBe(false);
    end();
    await lasting;
    expect(committed).toEqual([2]);
    expect(memory.settle()).toBeUndefined();
  });

  it('makes those wait who come while it is being committed', async () => {
    const { memory, committed, write, end } = bench();
    write(1);
    const first = memory.settle();
    const second = memory.settle();
    write(2);
    const third = memory.settle();
    expect(committed).toEqual([1, 2]);
    end();
    expect([await isOver(first), await isOver(second), await isOver(third)]).toEqual([true, true, false]);
    expect(await isOver(memory.settle())).toBe(false);
    end();
    await third;
    expect(memory.settle()).toBeUndefined();
  });

  it('is committed as it is, where the chip is a new one', async () => {
    const { memory, committed, end } = bench(false);
    const lasting = memory.settle();
    end();
    await lasting;
    expect(committed).toEqual([0]);
  });

  it('answers nothing any more once a commit has failed', async () => {
    const { memory, write, end } = bench();
    write(1);
    const lasting = memory.settle();
    end(new Error('the disk is full'));
    await expect(lasting).rejects.toThrow('the disk is full');
    await expect(memory.settle()).rejects.toThrow('the disk is full');
  });
});

describe('a durable controller', () => {
  it('hands out what an operation brings when its memory lasts, and not before its time is over', async () => {
    for (const [commitMs, ms] of [
      [5, 20],
      [2000, 2000],
    ] as const) {
      const { memory, write, end } = bench();
      const clock = new ManualClock();
      const task = new TaskClock(clock);
      const controller = durableController(i2cController(new I2cBus(), task, 'hardware'), memory);
      let handedOutAt: number | undefined;
      void settled(controller, () => {
        write(1);
        controller.delay(20);
      }).then(() => {
        handedOutAt = clock.now();
      });
      clock.alarm(commitMs, end);
      await clock.advance(3000);
      expect(handedOutAt).toBe(ms);
      expect(task.now()).toBe(20);
    }
  });

  it('waits for nothing in fast pace where nothing was written', () => {
    const { memory } = bench();
    const controller = durableController(i2cController(new I2cBus(), new TaskClock(new ManualClock()), 'fast'), memory);
    expect(controller.settle()).toBeUndefined();
  });

  it('commits what an operation wrote before it failed', async () => {
    const { memory, committed, write, end } = bench();
    const controller = durableController(i2cController(new I2cBus(), new TaskClock(new ManualClock()), 'fast'), memory);
    const operation = settled(controller, () => {
      write(7);
      throw new Error('refused');
    });
    expect(await isOver(operation)).toBe(false);
    end();
    await expect(operation).rejects.toThrow('refused');
    expect(committed).toEqual([7]);
  });
});
