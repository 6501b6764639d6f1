import { expect, test } from 'vitest';
import { WriteTurn } from '../../../src/run/write-turn.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function connection() {
  const written: number[][] = [];
  return { written, writeNow: (piece: Uint8Array) => written.push([...piece]) };
}

test('what one turn writes to a connection leaves in one call, in its order', async () => {
  const turn = new WriteTurn();
  const [one, other] = [connection(), connection()];
  turn.write(one, bytes(1));
  turn.write(other, bytes(9));
  turn.write(one, bytes(2, 3));
  turn.write(one, bytes(4));
  expect([one.written, other.written]).toEqual([[], []]);
  await new Promise(process.nextTick);
  expect(one.written).toEqual([[1, 2, 3, 4]]);
  expect(other.written).toEqual([[9]]);
  turn.write(one, bytes(5));
  await new Promise(process.nextTick);
  expect(one.written).toEqual([[1, 2, 3, 4], [5]]);
});

test('a turn may end early, and then has nothing left', async () => {
  const turn = new WriteTurn();
  const one = connection();
  turn.flush();
  turn.write(one, bytes(1));
  turn.flush();
  expect(one.written).toEqual([[1]]);
  await new Promise(process.nextTick);
  expect(one.written).toEqual([[1]]);
});

test('what a connection writes while the turn ends is of the next one', async () => {
  const turn = new WriteTurn();
  const written: number[] = [];
  const one = {
    writeNow: (piece: Uint8Array) => {
      written.push(...piece);
      if (written.length === 1) turn.write(one, bytes(2));
    },
  };
  turn.write(one, bytes(1));
  turn.flush();
  expect(written).toEqual([1]);
  await new Promise(process.nextTick);
  expect(written).toEqual([1, 2]);
});
