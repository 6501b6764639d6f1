import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../../../src/board/listener.ts';
import { serveUart } from '../../../src/board/uart-server.ts';
import { type ServedBoard, type ServedBoardOptions, serveBoard } from '../../support/board.ts';
import { SerialClient } from '../../support/serial-client.ts';
import { LAYOUT, SEED_CHIP } from '../factory/fleet.ts';

const SERIAL = '0123a1b2c3d4e5f6ee';
const PEM_END = '-----END PUBLIC KEY-----\n';

let served: ServedBoard;
let line: Listener;
const hosts: SerialClient[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) host.close();
  await line.close();
  await served.close();
});

/** A board whose serial line has as many hosts as the test asks for. */
async function serve(options?: ServedBoardOptions) {
  served = await serveBoard(options);
  line = await listen(0, (socket) => serveUart(served.board, socket, { chip: SEED_CHIP, certificates: LAYOUT }));
  const host = async () => {
    const client = await SerialClient.connect(line.port);
    hosts.push(client);
    return client;
  };
  return { ...served, host };
}

describe('the serial line of a board', () => {
  it('answers the letters, one answer behind the other', async () => {
    const host = await (await serve()).host();
    const answers = `Ready.\n${SERIAL}Ready.\n`;
    host.send('rs', '\r\n', 'r s');
    expect(await host.until(`${SERIAL}Ready.\n${SERIAL}`)).toBe(`${answers}${SERIAL}`);
  });

  it('configures the chip that the other ports have', async () => {
    const { host, control } = await serve();
    expect(await (await host()).ask('k', PEM_END)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(await (await control()).request({ command: 'info' })).toMatchObject({
      chips: [{ serial: SERIAL, config_locked: true, data_locked: true }],
    });
  });

  it('has a firmware of its own for each host', async () => {
    const { host } = await serve();
    const [one, other] = [await host(), await host()];
    one.send('c-----BEGIN CERTIFICATE-----\n');
    expect(await other.ask('r', '\n')).toBe('Ready.\n');
    const text = '-----BEGIN CERTIFICATE-----\nrsk-----END CERTIFICATE-----';
    expect(await one.ask('rsk-----END CERTIFICATE-----p', text)).toBe(text);
  });

  it('begins anew with the power of the whole board, and not with that of one part', async () => {
    const { host, control } = await serve();
    const [script, rig] = [await host(), await control()];
    // What was sent with a letter has been read when that is answered.
    await script.ask('rc-----BEGIN CERTIFICATE-----\n', 'Ready.\n');
    expect(await rig.request({ command: 'power-cycle', address: '60' })).toMatchObject({ ok: true });
    const text = '-----BEGIN CERTIFICATE-----\nr-----END CERTIFICATE-----';
    expect(await script.ask('r-----END CERTIFICATE-----p', text)).toBe(text);
    await script.ask('rv-----BEGIN CERTIFICATE-----\n', 'Ready.\n');
    expect(await rig.request({ command: 'power-cycle' })).toMatchObject({ ok: true });
    expect(await script.ask('pr', 'Ready.\n')).toBe('Ready.\n');
  });

  it('says what is wrong on the bus, and goes on', async () => {
    const { host, control } = await serve();
    const script = await host();
    await (await control()).request({ command: 'fault', fault: 'nack', address: '60', transfers: 1 });
    expect(await script.ask('s', '\n')).toContain('Unable to read the serial number: the chip did not answer the wake');
    expect(await script.ask('s', SERIAL)).toBe(SERIAL);
  });

  it('has answered when the chip is stored, and not before', async () => {
    const ends: (() => void)[] = [];
    const { host } = await serve({ keep: () => new Promise((resolve) => void ends.push(resolve)) });
    const script = await host();
    script.send('k');
    while (ends.length === 0) await setTimeout(1);
    await setTimeout(20);
    expect(script.take()).toBe('');
    for (const end of ends.splice(0)) end();
    await script.until(PEM_END);
  });

  it('waits for a master that has the bus, and works between its transfers', async () => {
    const { host, i2c, board } = await serve();
    const [script, other] = [await host(), await i2c()];
    await other.write(0x76, Uint8Array.of(0xd0), 'S');
    script.send('s');
    await other.read(0x76, 1);
    await script.until(SERIAL);
    expect(board.faults).toEqual([]);
  });

  it('carries on without a host that is gone', async () => {
    const { host } = await serve();
    const first = await host();
    first.send('k'.repeat(50));
    first.close();
    expect(await (await host()).ask('r', '\n')).toBe('Ready.\n');
  });
});
