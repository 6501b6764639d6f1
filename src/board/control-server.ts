import type { Socket } from 'node:net';
import { EmuError } from '../../emulator/errors.ts';
import { type Line, LineReader } from '../../emulator/lines/index.ts';
import { answerAll } from './answer-all.ts';
import type { Board } from './board.ts';
import type { Master } from './bus-lock.ts';
import { perform } from './control-commands.ts';
import { type ControlRequest, parseControlRequest, parseJson } from './control-messages.ts';
import { TranscriptFeed } from './transcript-feed.ts';

/** A request's longest line in bytes; a snapshot's has 2.9 thousand. */
const LINE_LIMIT = 16_384;

/** Answers the requests of one connection, a JSON object on a line each, until the client hangs up. */
export async function serveControl(board: Board, socket: Socket): Promise<void> {
  const master = {};
  const feed = new TranscriptFeed(board, socket);
  const reader = new LineReader({ limit: LINE_LIMIT });
  const answer = async (line: Line) => Buffer.from(`${JSON.stringify(await replyTo(line, board, master, feed))}\n`);
  try {
    for await (const chunk of socket) await answerAll(socket, reader.take(chunk as Uint8Array), answer);
  } finally {
    feed.end();
    board.leave(master);
  }
}

async function replyTo(line: Line, board: Board, master: Master, feed: TranscriptFeed): Promise<object> {
  let id: object = {};
  try {
    const value = parseJson(withinLimit(line));
    id = idOf(value);
    return { ...id, ok: true, ...(await resultOf(parseControlRequest(value), board, master, feed)) };
  } catch (error) {
    if (!(error instanceof EmuError)) throw error;
    const { code, message, hint } = error;
    return { ...id, ok: false, error: { code, message, hint } };
  }
}

function resultOf(request: ControlRequest, board: Board, master: Master, feed: TranscriptFeed): object {
  switch (request.command) {
    case 'ping':
      return {};
    case 'transcript':
      if (request.on) feed.begin();
      else feed.end();
      return {};
    default:
      return perform(board, master, request);
  }
}

function withinLimit(line: Line): Uint8Array {
  if (line !== 'too long') return line;
  throw new EmuError('EMU_E_CONTROL_LINE', `a line has at most ${LINE_LIMIT} bytes`);
}

/** The id as it came, so that a refusal has it too. */
function idOf(value: object): object {
  return 'id' in value && (typeof value.id === 'string' || typeof value.id === 'number') ? { id: value.id } : {};
}
