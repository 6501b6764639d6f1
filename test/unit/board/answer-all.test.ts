import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { answerAll } from '../../../src/board/answer-all.ts';
import { type Listener, listen } from '../../../src/board/listener.ts';

const ANSWER_MS = 10;

let listener: Listener;
afterEach(() => listener.close());

/** A server whose requests are bytes, each of which takes ANSWER_MS and is its own reply. */
async function slowEcho() {
  let answered = 0;
  let over = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  listener = await listen(0, async (socket) => {
    try {
      for await (const chunk of socket) {
        await answerAll(socket, chunk as Uint8Array, async (byte) => {
          await setTimeout(ANSWER_MS);
          answered++;
          return Uint8Array.of(byte);
        });
      }
    } finally {
      over();
    }
  });
  const client = connect({ host: '127.0.0.1', port: listener.port, noDelay: true });
  await once(client, 'connect');
  return { client, ended, answered: () => answered };
}

describe('requests that come together', () => {
  it('are each answered when they are done', async () => {
    const { client, answered } = await slowEcho();
    client.write(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const [first] = await once(client, 'data');
    expect(first[0]).toBe(1);
    expect(answered()).toBeLessThan(8);
    client.destroy();
  });

  it('are done no more when the client is gone', async () => {
    const { client, ended, answered } = await slowEcho();
    client.write(new Uint8Array(200));
    await once(client, 'data');
    client.resetAndDestroy();
    await ended;
    expect(answered()).toBeLessThan(100);
  });
});
