import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../../../src/board/listener.ts';

const ROOM = 512;

let listener: Listener;
let clients: Socket[];
let served: number;
beforeEach(async () => {
  served = 0;
  clients = [];
  // Says everything back.
  listener = await listen(0, async (socket) => {
    served++;
    for await (const chunk of socket) socket.write(chunk);
  });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await listener.close();
});

async function client(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: listener.port });
  socket.on('error', () => {});
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [reply] = await once(socket, 'data');
  return String(reply);
}

async function isHungUp(socket: Socket): Promise<boolean> {
  if (!socket.closed) await once(socket.resume(), 'close');
  return true;
}

/** As many clients as there is room for, all of them known to the listener. */
async function fill(): Promise<Socket[]> {
  const all: Socket[] = [];
  for (let count = 0; count < ROOM; count++) all.push(await client());
  await expect.poll(() => served).toBe(ROOM);
  return all;
}

describe('a port of a board that has all the connections it can have', () => {
  it('takes another one in the place of the one that was silent the longest', async () => {
    const [first, second, third] = await fill();
    expect(await ask(first as Socket, 'one')).toBe('one');
    const late = await client();
    expect(await ask(late, 'late')).toBe('late');
    expect(await isHungUp(second as Socket)).toBe(true);
    expect(await ask(first as Socket, 'still')).toBe('still');
    expect(await ask(third as Socket, 'here')).toBe('here');
  });

  it('takes as many as come, and serves those that speak', async () => {
    const [first, ...silent] = await fill();
    expect(await ask(first as Socket, 'old')).toBe('old');
    for (let count = 0; count < 20; count++) {
      expect(await ask(await client(), 'new')).toBe('new');
      expect(await ask(first as Socket, 'old')).toBe('old');
    }
    for (const socket of silent.slice(0, 20)) expect(await isHungUp(socket)).toBe(true);
    expect(await ask(silent[20] as Socket, 'last')).toBe('last');
  });

  it('has room again for each that hangs up', async () => {
    const [first, second] = await fill();
    (second as Socket).destroy();
    await ask(first as Socket, 'one');
    await expect.poll(async () => (await ask(await client(), 'new')) === 'new').toBe(true);
    expect(await ask(first as Socket, 'one')).toBe('one');
  });
});
