import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BoardRequest, type RunningBoards, type ServedBoard, startBoards } from '../../../src/board/index.ts';
import { hex, packet, toHex } from '../../support/atecc608.ts';
import { BoardClient } from '../../support/board-client.ts';

const REQUEST: BoardRequest = {
  count: 1,
  chips: undefined,
  sensor: undefined,
  fleet: undefined,
  state: undefined,
  seed: 'board',
  pace: 'fast',
  port: undefined,
  uart: undefined,
};

const WAKE_REPLY = '04113343';
const INFO = Uint8Array.of(3, ...packet(0x30));
/** Count and revision; the CRC comes behind. */
const INFO_REPLY = '0700006002';

let boards: RunningBoards;
let clients: BoardClient[];
beforeEach(async () => {
  boards = await startBoards(REQUEST);
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await boards.close();
});

async function client(board = 0): Promise<BoardClient> {
  const made = await BoardClient.connect(boards.boards[board]?.ports.i2c ?? 0);
  clients.push(made);
  return made;
}

const nothing = hex('');

describe('the I2C port of a board', () => {
  it('wakes the chip by any transfer to address 0, and reads go on where the last one stopped', async () => {
    const host = await client();
    expect(await host.read(0x60, 4)).toEqual({ status: 1, data: nothing });
    expect(await host.write(0, nothing)).toEqual({ status: 1, data: nothing });
    expect(await host.read(0x60, 4)).toEqual({ status: 0, data: hex(WAKE_REPLY) });
    expect(await host.write(0x60, INFO)).toEqual({ status: 0, data: nothing });
    expect(await host.read(0x60, 1)).toEqual({ status: 0, data: hex('07') });
    expect(toHex((await host.read(0x60, 4)).data)).toBe(INFO_REPLY.slice(2));
    expect(toHex((await host.read(0x60, 4)).data).slice(4)).toBe('FFFF');
    expect(await host.write(0x60, hex('00'))).toEqual({ status: 0, data: nothing });
    expect(toHex((await host.read(0x60, 5)).data)).toBe(INFO_REPLY);
    expect(await host.write(0x60, hex('01'))).toEqual({ status: 0, data: nothing });
    expect(await host.read(0x60, 4)).toEqual({ status: 1, data: nothing });
  });

  it('lets a bus scan by zero-length writes see the sensor, and the chip only while it is awake', async () => {
    const host = await client();
    const scan = async () => {
      const found: number[] = [];
      for (let address = 0x08; address <= 0x77; address++) {
        const { status, data } = await host.write(address, nothing);
        expect(data).toEqual(nothing);
        if (status === 0) found.push(address);
      }
      return found;
    };
    expect(await scan()).toEqual([0x76]);
    await host.write(0, nothing);
    expect(await scan()).toEqual([0x60, 0x76]);
  });

  it('reads a register behind a write without STOP, and exactly as many bytes as asked', async () => {
    const host = await client();
    expect(await host.write(0x76, hex('D0'), 'S')).toEqual({ status: 0, data: nothing });
    expect(await host.read(0x76, 1)).toEqual({ status: 0, data: hex('60') });
    await host.write(0, nothing);
    const { status, data } = await host.read(0x60, 65_535);
    expect({ status, length: data.length }).toEqual({ status: 0, length: 65_535 });
    expect(data.subarray(0, 4)).toEqual(hex(WAKE_REPLY));
    expect(data.subarray(4).every((byte) => byte === 0xff)).toBe(true);
  });

  it('lets two connections share the volatile state of one chip', async () => {
    const [one, other] = [await client(), await client()];
    const digest = hex('5A'.repeat(32));
    expect(toHex(await one.command(0x16, 0x03, 0, digest))).toBe('00');
    // Info State: TempKey valid, fixed input.
    expect(toHex(await other.command(0x30, 0x02))).toBe('10800000');
    await other.write(0, nothing);
    await other.write(0x60, hex('01'));
    expect(toHex(await one.command(0x30, 0x02))).toBe('00000000');
  });

  it('keeps what stands behind a write without STOP from other masters, until its master is gone', async () => {
    const [one, other] = [await client(), await client()];
    await one.write(0x76, hex('D0'), 'S');
    other.request('W', 0x76, 1, hex('F7'));
    // The other one's pointer would be at F7.
    expect((await one.read(0x76, 1)).data).toEqual(hex('60'));
    expect((await other.reply()).status).toBe(0);
    await one.write(0x76, hex('D0'), 'S');
    one.close();
    expect(await other.write(0x76, hex('D0'))).toEqual({ status: 0, data: nothing });
  });

  it('takes the bus from a master that is not acknowledged', () => {
    const [one, other] = [{}, {}];
    const { board } = boards.boards[0] as ServedBoard;
    expect(board.write(one, 0x20, hex('00'), false)).toEqual({ ack: 'address-nack' });
    // Not a promise: nobody has to be waited for.
    expect(board.write(other, 0x76, hex('D0'))).toEqual({ ack: 'ack' });
  });

  it('answers the wait of a driver', async () => {
    const host = await client();
    host.socket.write(hex('44 00 0400 10270000  57 76 0100 D0'));
    expect([await host.reply(), await host.reply()]).toEqual([
      { status: 0, data: nothing },
      { status: 0, data: nothing },
    ]);
  });

  it('hangs up on what is not its protocol, and serves the others', async () => {
    const other = await client();
    for (const garbage of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\x00', '\x00'.repeat(100_000)]) {
      const bad = await client();
      bad.socket.write(garbage, 'latin1');
      await new Promise((closed) => bad.socket.once('close', closed));
      expect((await other.write(0x76, hex('D0'))).status).toBe(0);
    }
  });

  it('answers what came before the garbage', async () => {
    const host = await client();
    host.socket.write(Buffer.concat([hex('57 76 0100 D0  52 76 0100'), Buffer.from('nonsense')]));
    expect(await host.reply()).toEqual({ status: 0, data: nothing });
    expect(await host.reply()).toEqual({ status: 0, data: hex('60') });
    await expect(host.reply()).rejects.toThrow('hung up');
  });

  it('answers a client that has already said that it will say no more', async () => {
    const host = await client();
    host.socket.end(hex('57 76 0100 D0  52 76 0100'));
    expect([await host.reply(), await host.reply()]).toEqual([
      { status: 0, data: nothing },
      { status: 0, data: hex('60') },
    ]);
  });

  it('forgets clients that vanish in the middle of a request', async () => {
    const other = await client();
    for (let cut = 1; cut < 6; cut++) {
      const bad = await client();
      bad.socket.write(hex('57 60 0200 0307').subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      bad.socket.resetAndDestroy();
    }
    expect((await other.write(0x76, hex('D0'))).status).toBe(0);
  });

  it('lets others in while one asks for a million things at once, and its memory stays bounded', {
    timeout: 60_000,
  }, async () => {
    const [flood, other] = [await client(), await client()];
    const count = 1_000_000;
    const before = process.memoryUsage().rss;
    let answered = 0;
    let size = 0;
    flood.socket.on('data', (chunk) => {
      size += chunk.length;
      answered = Math.floor(size / 3);
    });
    // Each reply is three bytes: a poll of a sleeping chip.
    const block = Buffer.alloc(4 * 10_000);
    for (let i = 0; i < 10_000; i++) block.set(hex('52 60 0100'), 4 * i);
    const flooding = (async () => {
      for (let sent = 0; sent < count; sent += 10_000) {
        if (!flood.socket.write(block)) await once(flood.socket, 'drain');
      }
    })();
    let turns = 0;
    let peak = 0;
    while (answered < count) {
      await other.write(0x76, hex('D0'), 'S');
      expect((await other.read(0x76, 1)).data).toEqual(hex('60'));
      turns++;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    await flooding;
    expect(answered).toBe(count);
    expect(turns).toBeGreaterThan(20);
    expect((peak - before) / 2 ** 20).toBeLessThan(200);
  });

  it('stops reading from a client that takes no replies', { timeout: 60_000 }, async () => {
    const [deaf, other] = [await client(), await client()];
    deaf.socket.pause();
    const before = process.memoryUsage().rss;
    // 65,535 bytes each, 640 MB in all.
    const block = Buffer.alloc(4 * 10_000);
    for (let i = 0; i < 10_000; i++) block.set(hex('52 76 FFFF'), 4 * i);
    deaf.socket.write(block);
    let peak = 0;
    for (let i = 0; i < 200; i++) {
      await other.write(0x76, hex('D0'), 'S');
      expect((await other.read(0x76, 1)).data).toEqual(hex('60'));
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect((peak - before) / 2 ** 20).toBeLessThan(100);
  });
});
