import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** Replies that wait are written together, up to this many bytes. */
const BATCH_BYTES = 16_384;
/** A client that asks for everything at once lets the others in after this long, and has its replies until then. */
const TURN_MS = 1;

/**
 * Answers requests in their order, each when the one before is answered, and takes no more of them than the client takes
 * replies. What was answered is written even when a request, or an answer, throws. Of what a client that is gone had asked
 * for no more is done.
 */
export async function answerAll<Request>(
  socket: Socket,
  requests: Iterable<Request>,
  answer: (request: Request) => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  let replies: Uint8Array[] = [];
  let size = 0;
  let turnEnds = performance.now() + TURN_MS;
  const flush = async () => {
    const full = !socket.write(Buffer.concat(replies));
    replies = [];
    size = 0;
    if (full) await drained(socket);
  };
  try {
    for (const request of requests) {
      const answered = answer(request);
      const reply = answered instanceof Promise ? await answered : answered;
      replies.push(reply);
      size += reply.length;
      if (size >= BATCH_BYTES) await flush();
      if (performance.now() >= turnEnds) {
        if (size > 0) await flush();
        await setImmediate();
        if (socket.destroyed) return;
        turnEnds = performance.now() + TURN_MS;
      }
    }
  } finally {
    if (size > 0) await flush();
  }
}

/** Resolves when the client has taken what was written, or will take nothing more. */
async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const over = new AbortController();
  try {
    await Promise.race([
      once(socket, 'drain', { signal: over.signal }),
      once(socket, 'close', { signal: over.signal }),
    ]);
  } finally {
    over.abort();
  }
}
