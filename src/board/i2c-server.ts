import type { Socket } from 'node:net';
import { answerAll } from './answer-all.ts';
import type { Board } from './board.ts';
import type { Master } from './bus-lock.ts';
import { type I2cRequest, I2cRequestReader, readReply, waitReply, writeReply } from './i2c-requests.ts';

/** Answers the transactions of one connection, one request one reply, until the client hangs up or talks something else. */
export async function serveI2c(board: Board, socket: Socket): Promise<void> {
  const master = { spokeAt: board.clock.now() };
  const reader = new I2cRequestReader();
  try {
    for await (const chunk of socket) {
      await answerAll(socket, wholeRequests(reader, chunk as Uint8Array), (request) => answer(board, master, request));
    }
  } finally {
    board.leave(master);
  }
}

function* wholeRequests(reader: I2cRequestReader, chunk: Uint8Array): Generator<I2cRequest> {
  reader.push(chunk);
  for (let request = reader.next(); request !== undefined; request = reader.next()) yield request;
}

/** When it asked for a transfer last: its first wait goes on from there. */
type TcpMaster = Master & { spokeAt: number };

function answer(board: Board, master: TcpMaster, request: I2cRequest): Uint8Array | Promise<Uint8Array> {
  if (request.kind === 'wait') return board.wait(master, request.ms, master.spokeAt)?.then(waitReply) ?? waitReply();
  master.spokeAt = board.clock.now();
  if (request.kind === 'read') {
    const bytes = board.read(master, request.address, request.length);
    return bytes instanceof Promise ? bytes.then(readReply) : readReply(bytes);
  }
  const result = board.write(master, request.address, request.bytes, request.stop);
  return result instanceof Promise ? result.then(writeReply) : writeReply(result);
}
