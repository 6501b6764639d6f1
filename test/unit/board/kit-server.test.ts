import { afterEach, describe, expect, it } from 'vitest';
import { type ServedBoard, type ServedBoardOptions, serveBoard } from '../../support/board.ts';
import { LineClient } from '../../support/line-client.ts';

// Packets and their CRCs by hand, as in the tests of the kit itself.
const INFO = 'E:t(0730000000035D)';
const REVISION = '00(07000060028038)';

let served: ServedBoard;
afterEach(() => served.close());

async function serve(options?: ServedBoardOptions): Promise<ServedBoard> {
  served = await serveBoard(options);
  return served;
}

describe('the kit port of a board', () => {
  it('answers what a host sends, one byte at a time', async () => {
    const host = await (await serve()).kit();
    const conversation: readonly [string, string][] = [
      ['board:device(00)', 'ECC608 TWI 00(C0)'],
      ['E:physical:select(C0)', '00()'],
      ['E:w()', '00(04113343)'],
      [INFO, REVISION],
      ['E:i()', '00()'],
    ];
    for (const [line, answer] of conversation) {
      for (const byte of line) host.socket.write(byte);
      expect(await host.ask('')).toBe(answer);
    }
  });

  it('lists several chips and talks to the selected one', async () => {
    const host = await (
      await serve({
        chips: [{ variant: 'ATECC608A' }, { variant: 'ATECC608A-TNGTLS' }, { variant: 'ATECC608B', address: 0x36 }],
      })
    ).kit();
    const lines = ['00', '01', '02', '03'].map((index) => host.ask(`board:device(${index})`));
    expect(await Promise.all(lines)).toEqual([
      'ECC608 TWI 00(C0)',
      'ECC608 TWI 00(6A)',
      'ECC608 TWI 00(6C)',
      'no_device TWI 00(00)',
    ]);
    await host.ask('E:p:s(6C)');
    await host.ask('E:w()');
    // The revision of a 608B ends in 03.
    expect(await host.ask(INFO)).toMatch(/^00\(0700006003[0-9A-F]{4}\)$/);
  });

  it('answers many lines that come at once, in their order, to a client that then says no more', async () => {
    const { ports } = await serve();
    const host = await LineClient.connect(ports.kit);
    const rounds = 2000;
    host.socket.end(`E:w()\n${INFO}\nE:i()\n`.repeat(rounds));
    for (let round = 0; round < rounds; round++) {
      expect([await host.line(), await host.line(), await host.line()]).toEqual(['00(04113343)', REVISION, '00()']);
    }
    expect(await host.line()).toBeUndefined();
  });

  it('serves two hosts of one chip without mixing up their answers', async () => {
    const { kit } = await serve();
    const hosts = [await kit(), await kit()];
    // Info's Revision, and Read of the first word of the configuration: 01 23 A1 B2.
    const [revision, serial] = [INFO, 'E:t(07020000001E2D)'];
    const told = await Promise.all(
      hosts.map(async (host, index) => {
        const answers = new Set<string | undefined>();
        for (let round = 0; round < 200; round++) {
          await host.ask('E:w()');
          answers.add(await host.ask(index === 0 ? revision : serial));
          await host.ask('E:i()');
        }
        return [...answers];
      }),
    );
    expect(told[0]).toEqual([REVISION]);
    expect(told[1]).toHaveLength(1);
    expect(told[1]?.[0]).toMatch(/^00\(070123A1B2[0-9A-F]{4}\)$/);
  });

  it('shares the chip with the I2C port', async () => {
    const { kit, i2c } = await serve();
    const [host, other] = [await kit(), await i2c()];
    await host.ask('E:w()');
    expect((await other.write(0x60, Uint8Array.of(0x02))).status).toBe(0);
    expect(await host.ask('E:i()')).toBe('F7()');
    expect(await host.ask('E:w()')).toBe('00(04113343)');
  });

  it('is as busy as the chip in hardware pace', async () => {
    const host = await (await serve({ pace: 'hardware' })).kit();
    await host.ask('E:w()');
    const before = performance.now();
    // Random takes 23 ms.
    expect(await host.ask('E:t(071B00000024CD)')).toMatch(/^00\(23FFFF0000/);
    expect(performance.now() - before).toBeGreaterThanOrEqual(23);
  });

  it('says that the chip does not answer, and serves on', async () => {
    const { kit, board } = await serve();
    const host = await kit();
    board.addFault({ kind: 'absent', address: 0x60 });
    expect(await host.ask('E:w()')).toBe('D0()');
    board.clearFaults();
    expect(await host.ask('E:w()')).toBe('00(04113343)');
  });

  it('lets a host that vanishes in the middle of a line, or of a wait, disturb nobody', async () => {
    const { ports, kit, board } = await serve();
    const gone = await LineClient.connect(ports.kit);
    gone.socket.write('E:w()\nE:t(0730');
    expect(await gone.line()).toBe('00(04113343)');
    gone.close();
    const waiting = await LineClient.connect(ports.kit);
    board.addFault({ kind: 'nack', address: 0x60, ms: 20 });
    await new Promise((sent) => waiting.socket.write('E:w()\n', sent));
    waiting.close();
    expect(await (await kit()).ask(INFO)).toBe(REVISION);
  });

  it('answers garbage line by line', async () => {
    const host = await (await serve()).kit();
    const garbage = Buffer.alloc(100_000, 0xa5);
    garbage[99_999] = 0x0a;
    host.socket.write(garbage);
    expect(await host.line()).toBe('E4()');
    expect(await host.ask('GET / HTTP/1.1')).toBe('03()');
    expect(await host.ask('E:w()')).toBe('00(04113343)');
  });
});
