import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../support/atecc608.ts';
import { BoardClient } from '../../support/board-client.ts';
import { boardInProcess } from '../../support/board-in-process.ts';
import { emu } from '../../support/emu-in-process.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';
import { startBoard } from '../../support/running-board.ts';

const [WRITE, READ, LOCK, INFO] = [0x12, 0x02, 0x17, 0x30];
const LOCK_CONFIG = 0x80;
/** Word 5 of the configuration's block 0: SlotConfig 0 and 1. */
const WORD_5 = 0x05;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-board-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

async function with0<T>(
  args: readonly string[],
  work: (client: BoardClient) => Promise<T>,
  start: typeof boardInProcess = boardInProcess,
): Promise<T> {
  const board = await start(...args);
  const client = await BoardClient.connect(board.boards[0]?.ports.i2c ?? 0);
  try {
    return await work(client);
  } finally {
    client.close();
    expect(await board.stop()).toMatchObject({ code: 0, stderr: '' });
  }
}

describe('boards that remember', () => {
  it('go on where they stopped, with the same chips', async () => {
    const state = join(scratch, 'rig');
    const serials = await with0(['--state', state, '--count', '2'], async (client) => {
      expect(toHex(await client.command(WRITE, 0, WORD_5, hex('83208F20')))).toBe('00');
      expect(toHex(await client.command(LOCK, LOCK_CONFIG))).toBe('00');
      return toHex(await client.command(READ, 0x80, 0));
    });
    await with0(['--state', state], async (client) => {
      expect(toHex(await client.command(READ, 0x80, 0))).toBe(serials);
      expect(toHex(await client.command(READ, 0, WORD_5))).toBe('83208F20');
      expect(toHex(await client.command(WRITE, 0, WORD_5, hex('83208F20')))).toBe('0F');
    });
  });

  it('are not changed into others', async () => {
    const state = join(scratch, 'fixed');
    await with0(['--state', state, '--count', '2', '--seed', 'a'], async () => {});
    const refused = await emu(
      'board',
      '--state',
      state,
      '--count',
      '3',
      '--sensor',
      '77',
      '--seed',
      'b',
      '--chip',
      '35',
    );
    expect(refused.code).toBe(104);
    expect(refused.stderr).toBe(
      `emu: ${state} has other boards than requested: it has 2 boards, not 3; other chips; another sensor; another seed\n` +
        '     Leave those options out to continue with the stored boards, or name another --state.\n' +
        '     EMU_E_BOARD_STATE\n',
    );
    await with0(['--state', state, '--count', '2', '--seed', 'a'], async () => {});
  });

  it('belong to one process at a time', async () => {
    const state = join(scratch, 'taken');
    const isRefused = async () => {
      const second = await emu('board', '--state', state);
      expect(second.code).toBe(104);
      expect(second.stderr).toContain(`the boards in ${state} are in use by emu board (process `);
      expect(second.stderr).toContain('name another --state');
    };
    await with0(['--state', state], isRefused, startBoard);
  });

  it('are not put into a directory of something else, nor read from damaged files', async () => {
    const state = join(scratch, 'other');
    expect((await emu('board', '--state', '/proc/nowhere')).code).toBe(104);
    const strangers = mkdtempSync(join(scratch, 'strangers-'));
    writeFileSync(join(strangers, 'thesis.txt'), 'mine');
    const refused = await emu('board', '--state', strangers);
    expect(refused).toMatchObject({ code: 104, stdout: '' });
    expect(refused.stderr).toContain(`${strangers} has other contents than boards: thesis.txt`);
    expect(readdirSync(strangers)).toEqual(['thesis.txt']);

    await with0(['--state', state], async () => {});
    const file = join(state, 'board.yaml');
    const text = readFileSync(file, 'utf8');
    for (const damage of [
      '',
      'boards: [',
      text.replace(/^#.*\n/, '').replace('format: 2', 'format: 7'),
      text.replace(/^#.*\n/, '').replace(/^id: .*$/m, 'id: 7'),
      text.replace(/^sensors: ../m, 'sensors: 0'),
    ]) {
      writeFileSync(file, damage);
      const { code, stderr } = await emu('board', '--state', state);
      expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 104, lines: 4 });
      expect(stderr).toContain('board.yaml does not describe boards');
      expect(stderr).toContain('\n     EMU_E_BOARD_STATE\n');
      expect(stderr).not.toContain(':\n');
    }
    writeFileSync(file, text);
    const chips = join(state, 'chips.mdb');
    const whole = readFileSync(chips);
    // The last page of a new store is in use: the list of free pages, or a tree.
    writeFileSync(chips, Buffer.from(whole).fill(0xa5, whole.length - 4000));
    const garbage = await emu('board', '--state', state);
    expect(garbage).toMatchObject({ code: 104, stdout: '' });
    expect(garbage.stderr).toMatch(
      /^emu: \S+chips\.mdb: the store of the chips is damaged at page \d+\n {5}[^\n]+\n {5}EMU_E_FLEET_DAMAGED\n$/,
    );
    writeFileSync(chips, whole);
    const locks = join(state, 'locks');
    rmSync(locks, { recursive: true });
    writeFileSync(locks, '');
    const inTheWay = await emu('board', '--state', state);
    expect(inTheWay.stderr).toContain(`cannot write ${locks}: a file has this name already`); // EMU_E_STORE_WRITE
    rmSync(locks);
    await with0(['--state', state], async () => {});
  });
});

describe('boards with the chips of a fleet', () => {
  it('have copies of them, and keep what they do apart from the fleet', async () => {
    const fleet = join(scratch, 'fleet');
    const state = join(scratch, 'of-fleet');
    const { serials } = await makeFleet(fleet, 3).then(async () => ({
      serials: JSON.parse((await emu('fleet', 'list', fleet, '--json')).stdout).devices.map(
        (device: { serialNumber: string }) => device.serialNumber,
      ),
    }));
    const board = await boardInProcess('--fleet', `${fleet}:1`, '--count', '2', '--state', state);
    expect(board.boards.map(({ chips }) => chips[0]?.serial)).toEqual(serials.slice(1));
    await board.stop();
    await with0(['--fleet', `${fleet}:1`, '--state', state], async (client) => {
      expect(toHex(await client.command(INFO))).toBe('00006002');
    });
    const others = await emu('board', '--fleet', fleet, '--state', state);
    expect(others).toMatchObject({ code: 104 });
    expect(others.stderr).toContain('chips of another origin');
    const tooMany = await emu('board', '--fleet', `${fleet}:2`, '--count', '2');
    expect(tooMany).toMatchObject({ code: 2 });
    expect(tooMany.stderr).toContain('has devices 0 to 2'); // EMU_E_USAGE_RANGE
  });
});

/** A listener on the first of three ports that are free, and below those that the system gives to others meanwhile. */
async function blockedPort(): Promise<{ readonly port: number; readonly blocker: Server }> {
  for (let port = 20_000; ; port += 3) {
    const listeners = [0, 1, 2].map((offset) => createServer().listen(port + offset, '127.0.0.1'));
    const taken = await Promise.allSettled(listeners.map((listener) => once(listener, 'listening')));
    const [blocker, ...others] = listeners;
    for (const listener of others) listener.close();
    if (blocker !== undefined && taken.every(({ status }) => status === 'fulfilled')) return { port, blocker };
    blocker?.close();
  }
}

describe('what emu board is asked for', () => {
  it('is served on the ports that were named, and says when one is taken', async () => {
    const { port, blocker } = await blockedPort();
    const refused = await emu('board', '--port', String(port));
    await new Promise((resolve) => blocker.close(resolve));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`cannot listen on port ${port}: it is in use`); // EMU_E_BOARD_PORT
    const board = await boardInProcess('--port', String(port));
    expect(board.boards[0]?.ports.i2c).toBe(port);
    expect((await board.stop()).code).toBe(0);
  });

  it('fits into the ports that there are, and gives each part an address of its own', async () => {
    const last = await emu('board', '--port', '65530', '--count', '3');
    expect(last).toMatchObject({ code: 2, stdout: '' });
    expect(last.stderr).toContain('the ports would go up to 65538, and 65535 is the last port'); // EMU_E_USAGE_BOARD
    for (const parts of [
      ['--chip', '60,60'],
      ['--chip', '58,60,ATECC608A'],
      ['--sensor', '60'],
    ]) {
      const shared = await emu('board', ...parts);
      expect(shared).toMatchObject({ code: 2, stdout: '' });
      expect(shared.stderr).toContain('two parts of a board have the address 60');
    }
  });

  it.each([
    [['--chip', '78'], '--chip must be an I2C address from 08 to 77, 7 bits in hexadecimal, not "78"'],
    [['--chip', '60:ATSHA204A'], '--chip is one of ATECC608A, ATECC608B'],
    [['--sensor', 'yes'], '--sensor must be an I2C address from 08 to 77'],
    [['--count', '0'], '--count must be a whole number of at least 1, not 0'],
    [['--pace', 'slow'], '--pace must be fast or hardware, not "slow"'],
    [['--port', '70000'], '--port must be at most 65535, not 70000'],
    [['--fleet', 'fleet:abc'], 'DEVICE in --fleet DIR:DEVICE must be a number, not "abc"'],
    [['--fleet', 'x', '--chip', '60'], '--fleet and --chip exclude each other'],
    [['stray'], 'unexpected "stray" after emu board'],
  ])('is refused in a line: %j', async (args, message) => {
    const { code, stderr } = await emu('board', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.split('\n').slice(2)).toEqual([expect.stringMatching(/^ {5}EMU_E_USAGE/), '']);
  });

  it('is shown in a table to a person', async () => {
    const board = await boardInProcess('--seed', 'table', '--count', '2', '--chip', '60,35:ATECC608A-TNGTLS');
    expect(board.boards.map(({ chips }) => chips.map(({ address, variant }) => [address, variant]))).toEqual([
      [
        [0x60, 'ATECC608A'],
        [0x35, 'ATECC608A-TNGTLS'],
      ],
      [
        [0x60, 'ATECC608A'],
        [0x35, 'ATECC608A-TNGTLS'],
      ],
    ]);
    const serials = board.boards.flatMap(({ chips }) => chips.map(({ serial }) => serial));
    expect(new Set(serials).size).toBe(4);
    expect(serials.map((serial) => serial.slice(0, 4) + serial.slice(-2))).toEqual([
      '0123ee',
      '012301',
      '0123ee',
      '012301',
    ]);
    expect(board.boards[1]?.sensor).toEqual({ address: 0x76 });
    await board.stop();
  });

  it('a TNGTLS part has a MAC address and a certificate', async () => {
    const board = await boardInProcess('--chip', 'ATECC608A-TNGTLS');
    const [served] = board.boards;
    const client = await BoardClient.connect(served?.ports.i2c ?? 0);
    const read = async (slot: number, block = 0) =>
      client.command(READ, 0x82, (block << 8) | (slot << 3), undefined, 0x35);
    const mac = new TextDecoder().decode((await read(5)).subarray(0, 12));
    expect(mac).toBe(`02${served?.chips[0]?.serial.slice(6, 16).toUpperCase()}`);
    // The end of slot 10: 2020-01-01 00h for 28 years, signer FFFF, template 3, serial number A.
    expect(toHex((await read(10, 2)).subarray(0, 8))).toBe('A0841CFFFF30A000');
    client.close();
    await board.stop();
  });
});
