import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { startBoards } from '../../src/board/index.ts';
import { PersistentBoards } from '../../src/store/index.ts';
import { hex, packet, toHex } from '../support/atecc608.ts';
import { BoardClient } from '../support/board-client.ts';
import { startBoard } from '../support/running-board.ts';
import { repetitions } from '../support/size.ts';

const KILLS = repetitions(8, 100);
/** Two boards at a time. */
const LANES = 2;
const SEED = 'board kill moments';

const [WRITE, LOCK, GEN_KEY, COUNTER, INFO, UPDATE_EXTRA] = [0x12, 0x17, 0x40, 0x24, 0x30, 0x20];

/** Each changes the chip's memory: configuration, its lock, keys, slots, counters, the data lock, a slot's lock. */
const SCRIPT: readonly Uint8Array[] = [
  ...Array.from({ length: 8 }, (_, word) => packet(WRITE, 0x00, 5 + word, hex('8F208F20'))),
  // KeyConfig of the slots 0 and 1: private, P-256, lockable; the second with ReqRandom.
  packet(WRITE, 0x00, 24, hex('33007300')),
  packet(UPDATE_EXTRA, 0x00, 0x0001),
  packet(LOCK, 0x80),
  packet(GEN_KEY, 0x04, 0),
  ...Array.from({ length: 13 }, (_, block) => packet(WRITE, 0x82, (block << 8) | (8 << 3), hex('C3'.repeat(32)))),
  packet(GEN_KEY, 0x04, 1),
  ...Array.from({ length: 6 }, () => packet(COUNTER, 0x01, 0)),
  packet(LOCK, 0x81),
  packet(LOCK, 0x02 | (0 << 2)),
  // The boards are killed before these end.
  ...Array.from({ length: 60 }, () => packet(COUNTER, 0x01, 1)),
];

/** The last of what is more than a counter. */
const LAST_KILL = SCRIPT.length - 60;

let scratch: string;
/** The memory before the script and after each of its commands, of a board that nobody kills. */
let states: string[];

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-board-kill-'));
  const boards = await startBoards({
    count: 1,
    chips: undefined,
    sensor: undefined,
    fleet: undefined,
    state: join(scratch, 'whole'),
    seed: SEED,
    pace: 'fast',
    port: undefined,
    uart: undefined,
  });
  const [served] = boards.boards;
  const memory = () => toHex(served?.board.chips[0]?.snapshot() ?? new Uint8Array());
  states = [memory()];
  const client = await BoardClient.connect(served?.ports.i2c ?? 0);
  for (const command of SCRIPT) {
    await send(client, command);
    states.push(memory());
    await client.write(0x60, hex('02'));
  }
  client.close();
  await boards.close();
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

async function send(client: BoardClient, command: Uint8Array): Promise<void> {
  await client.write(0, hex('00'));
  expect((await client.write(0x60, Uint8Array.of(3, ...command))).status).toBe(0);
}

/** Runs the script until the board is killed, `ms` after command `after`. Returns how many commands were acknowledged. */
async function killed(state: string, after: number, ms: number): Promise<number> {
  const board = await startBoard('--state', state, '--seed', SEED);
  const client = await BoardClient.connect(board.boards[0]?.ports.i2c ?? 0);
  const ended = once(board.child, 'exit');
  let acknowledged = 0;
  try {
    for (const command of SCRIPT) {
      if (acknowledged === after) setTimeout(() => board.child.kill('SIGKILL'), ms);
      await send(client, command);
      acknowledged++;
      await client.write(0x60, hex('02'));
    }
  } catch {
    // The board is gone.
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  client.close();
  return acknowledged;
}

describe(`a board killed at ${KILLS} moments (seed: ${SEED})`, () => {
  it('has a script that changes the memory with every command', () => {
    expect(new Set(states).size).toBe(SCRIPT.length + 1);
  });

  it('comes back with all that was acknowledged, and with nothing half done', async () => {
    const reached = new Map<number, number>();
    let ahead = 0;
    const life = async (moment: number) => {
      const state = join(scratch, `life-${moment}`);
      const rng = rootRng(SEED).fork(moment);
      const acknowledged = await killed(state, Math.floor(rng.fraction() * LAST_KILL), rng.fraction() * 6);
      const kept = await PersistentBoards.open(state, () => {
        throw new Error('the state is gone');
      });
      const memory = toHex(kept.chips[0]?.memory ?? new Uint8Array());
      await kept.close();
      const commands = states.indexOf(memory);
      expect([acknowledged, acknowledged + 1], `moment ${moment}`).toContain(commands);
      if (commands > acknowledged) ahead++;
      reached.set(commands, (reached.get(commands) ?? 0) + 1);
      if (moment % 10 === 0) await servesAgain(state, memory);
      rmSync(state, { recursive: true });
    };
    const lane = async (first: number) => {
      for (let moment = first; moment < KILLS; moment += LANES) await life(moment);
    };
    await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
    const middle = [...reached].filter(([commands]) => commands < SCRIPT.length);
    const times = middle.reduce((sum, [, count]) => sum + count, 0);
    console.log(
      `${KILLS} kills: ${times} in the middle of the script, at ${middle.length} places; ${ahead} between the memory and the reply`,
    );
    expect(times).toBe(KILLS);
    expect(middle.length).toBeGreaterThan(KILLS / 5);
  });
});

async function servesAgain(state: string, memory: string): Promise<void> {
  const board = await startBoard('--state', state);
  const client = await BoardClient.connect(board.boards[0]?.ports.i2c ?? 0);
  expect(toHex(await client.command(INFO))).toBe('00006002');
  const locked = memory.slice(2 * 87, 2 * 88) === '00';
  expect(toHex(await client.command(WRITE, 0x00, 5, hex('8F208F20')))).toBe(locked ? '0F' : '00');
  client.close();
  await board.stop();
}
