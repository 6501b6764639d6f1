import type { Socket } from 'node:net';
import { type KitBus, KitSession } from '../../emulator/kit/index.ts';
import type { Line } from '../../emulator/lines/index.ts';
import { answerAll } from './answer-all.ts';
import type { Board } from './board.ts';
import type { Master } from './bus-lock.ts';

/** Answers the kit text of one connection, one line for each line, until the client hangs up. */
export async function serveKit(board: Board, socket: Socket): Promise<void> {
  const master = {};
  const session = new KitSession(busOf(board, master));
  const answer = async (line: Line): Promise<Uint8Array> => {
    await board.kit.acquire(master);
    try {
      return Buffer.from(await session.answer(line), 'latin1');
    } finally {
      board.kit.release(master);
    }
  };
  try {
    for await (const chunk of socket) await answerAll(socket, session.lines(chunk as Uint8Array), answer);
  } finally {
    board.leave(master);
  }
}

function busOf(board: Board, master: Master): KitBus {
  return {
    chips: () => board.chips.map(({ address }) => address),
    write: (address, bytes) => board.write(master, address, bytes),
    read: (address, length) => board.read(master, address, length),
    readyAt: (address) => board.readyAt(address),
    clock: board.clock,
  };
}
