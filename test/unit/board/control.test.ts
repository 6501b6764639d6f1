import { afterEach, describe, expect, it } from 'vitest';
import { toHex } from '../../support/atecc608.ts';
import { type ServedBoard, type ServedBoardOptions, serveBoard } from '../../support/board.ts';

let served: ServedBoard;
afterEach(() => served.close());

async function serve(options?: ServedBoardOptions): Promise<ServedBoard> {
  served = await serveBoard(options);
  return served;
}

const SERIAL = '0123a1b2c3d4e5f6ee';
const GENERIC = {
  address: 0x60,
  variant: 'ATECC608A',
  serial: SERIAL,
  revision: '00006002',
  config_locked: false,
  data_locked: false,
};
const ROOM = { address: 0x76, temperature_c: 22, pressure_hpa: 1013.25, humidity_percent: 45 };

const [READ, WRITE, LOCK, UPDATE_EXTRA] = [0x02, 0x12, 0x17, 0x20];
const WAKE_AND_READ = ['W 00 NACK', 'R 60 04 11 33 43 ; awake'];

describe('info', () => {
  it('tells what is on the board', async () => {
    const host = await (await serve()).control();
    expect(await host.request({ command: 'info' })).toEqual({ ok: true, chips: [GENERIC], sensor: ROOM, faults: [] });
  });

  it('tells of several chips, of their locks, and that there is no sensor', async () => {
    const { control, i2c } = await serve({
      chips: [{ variant: 'ATECC608A' }, { variant: 'ATECC608A-TFLXTLS' }],
      sensor: false,
    });
    await (await i2c()).command(LOCK, 0x80);
    expect(await (await control()).request({ command: 'info' })).toEqual({
      ok: true,
      chips: [
        { ...GENERIC, config_locked: true },
        { ...GENERIC, address: 0x36, variant: 'ATECC608A-TFLXTLS', config_locked: true, data_locked: true },
      ],
      sensor: null,
      faults: [],
    });
  });
});

describe('a snapshot', () => {
  it('is the memory of the chip, and restores it', async () => {
    const { control, i2c, board } = await serve();
    const [host, chip] = [await control(), await i2c()];
    const before = await host.request({ command: 'snapshot' });
    expect(before).toEqual({
      ok: true,
      snapshot: toHex(board.chips[0]?.snapshot() ?? new Uint8Array(0)).toLowerCase(),
    });
    // UserExtra; and a value in TempKey, which is of no snapshot.
    expect(await chip.command(UPDATE_EXTRA, 0, 0x42)).toEqual(Uint8Array.of(0));
    const after = await host.request({ command: 'snapshot' });
    expect(after).not.toEqual(before);
    expect(await host.request({ command: 'restore', snapshot: before.snapshot })).toEqual({ ok: true, ...GENERIC });
    expect(await host.request({ command: 'snapshot' })).toEqual(before);
    expect((await chip.command(READ, 0, 0x15))[0]).toBe(0x00);
    await host.request({ command: 'restore', snapshot: String(after.snapshot).toUpperCase() });
    expect((await chip.command(READ, 0, 0x15))[0]).toBe(0x42);
  });

  it('restored is a chip that has just been powered', async () => {
    const { control, kit } = await serve();
    const [host, chip] = [await control(), await kit()];
    const { snapshot } = await host.request({ command: 'snapshot' });
    await chip.ask('E:w()');
    await host.request({ command: 'fault', fault: 'busy', address: 0x60 });
    expect(await chip.ask('E:i()')).toBe('F7()');
    await host.request({ command: 'restore', snapshot });
    expect(await chip.ask('E:i()')).toBe('F7()');
    expect(await chip.ask('E:w()')).toBe('00(04113343)');
  });

  it('brings its own address', async () => {
    const { control } = await serve();
    const host = await control();
    const snapshot = String((await host.request({ command: 'snapshot' })).snapshot);
    const moved = `${snapshot.slice(0, 32)}6a${snapshot.slice(34)}`;
    expect(await host.request({ command: 'restore', snapshot: moved })).toEqual({
      ok: true,
      ...GENERIC,
      address: 0x35,
    });
    expect(await host.request({ command: 'snapshot', address: '35' })).toEqual({ ok: true, snapshot: moved });
  });
});

describe('fresh', () => {
  it('puts in a part from the factory, with the serial number of the one before', async () => {
    const { control, i2c } = await serve();
    const [host, chip] = [await control(), await i2c()];
    const { snapshot } = await host.request({ command: 'snapshot' });
    await chip.command(UPDATE_EXTRA, 0, 0x42);
    await chip.command(LOCK, 0x80);
    expect(await host.request({ command: 'fresh' })).toEqual({ ok: true, ...GENERIC });
    expect(await host.request({ command: 'snapshot' })).toEqual({ ok: true, snapshot });
    // An unlocked configuration can be written.
    expect(await chip.command(WRITE, 0, 0x05, Uint8Array.of(1, 2, 3, 4))).toEqual(Uint8Array.of(0));
  });

  it('takes a serial number', async () => {
    const host = await (await serve()).control();
    const serial = '0123000000000001ee';
    expect(await host.request({ command: 'fresh', serial })).toEqual({ ok: true, ...GENERIC, serial });
  });

  it('is about the chip at an address, and is of its kind', async () => {
    const { control } = await serve({ chips: [{ variant: 'ATECC608A' }, { variant: 'ATECC608A-TNGTLS' }] });
    const host = await control();
    for (const address of [0x35, '35', '0x35', '0X35']) {
      expect(await host.request({ command: 'fresh', address })).toMatchObject({
        ok: true,
        address: 0x35,
        variant: 'ATECC608A-TNGTLS',
        data_locked: true,
      });
    }
  });
});

describe('a TNGTLS part', () => {
  const [certificates, macAddress] = [{ from: 192 + 36 * 8 + 416 + 72, to: 192 + 36 * 8 + 416 + 72 * 4 }, 192 + 36 * 5];

  it('that is put in fresh has the signer of the one before, and a certificate of its own', async () => {
    const { control } = await serve({ chips: [{ variant: 'ATECC608A-TNGTLS' }] });
    const host = await control();
    const fresh = async (serial: string) => {
      await host.request({ command: 'fresh', serial });
      const memory = Buffer.from(String((await host.request({ command: 'snapshot' })).snapshot), 'hex');
      return {
        mac: memory.toString('ascii', macAddress, macAddress + 12),
        slots: memory.subarray(certificates.from, certificates.to),
      };
    };
    const [one, other] = [await fresh('012300000000000a01'), await fresh('012300000000000b01')];
    expect([one.mac, other.mac]).toEqual(['02000000000A', '02000000000B']);
    // Slot 10, then the signer's key and certificate in slots 11 and 12.
    expect(other.slots.subarray(0, 64)).not.toEqual(one.slots.subarray(0, 64));
    expect(other.slots.subarray(72)).toEqual(one.slots.subarray(72));
    expect(one.slots.toString('hex', 64, 72)).toBe('a0841cffff30a000');
  });
});

describe('power-cycle', () => {
  it('puts the chip to sleep and the sensor back to its start', async () => {
    const { control, kit, i2c } = await serve();
    const [host, chip, bus] = [await control(), await kit(), await i2c()];
    const measures = async () => {
      await bus.write(0x76, Uint8Array.of(0xf4), 'S');
      return (await bus.read(0x76, 1)).data[0];
    };
    await chip.ask('E:w()');
    await bus.write(0x76, Uint8Array.of(0xf4, 0x57));
    expect(await host.request({ command: 'power-cycle', address: 0x76 })).toEqual({ ok: true });
    expect(await measures()).toBe(0x00);
    expect(await chip.ask('E:i()')).toBe('00()');
    await chip.ask('E:w()');
    await bus.write(0x76, Uint8Array.of(0xf4, 0x57));
    expect(await host.request({ command: 'power-cycle' })).toEqual({ ok: true });
    expect(await chip.ask('E:i()')).toBe('F7()');
    expect(await measures()).toBe(0x00);
  });
});

describe('sensor', () => {
  it('sets what is named and tells all that is in force', async () => {
    const { control, board } = await serve();
    const host = await control();
    expect(await host.request({ command: 'sensor' })).toEqual({ ok: true, ...ROOM });
    const cold = { ...ROOM, temperature_c: -12.5 };
    expect(await host.request({ command: 'sensor', temperature_c: -12.5 })).toEqual({ ok: true, ...cold });
    expect(await host.request({ command: 'sensor', pressure_hpa: 950, humidity_percent: 0 })).toEqual({
      ok: true,
      ...cold,
      pressure_hpa: 950,
      humidity_percent: 0,
    });
    expect(board.sensor?.ambient).toEqual({ temperature: -12.5, pressure: 95_000, humidity: 0 });
  });
});

describe('fault', () => {
  it('is in force from now on, and told until it is over', async () => {
    const { control, i2c } = await serve();
    const [host, bus] = [await control(), await i2c()];
    const nack = { fault: 'nack', address: 0x76, transfers: 2 };
    expect(await host.request({ command: 'fault', ...nack })).toEqual({ ok: true, faults: [nack] });
    expect((await bus.read(0x76, 1)).status).toBe(1);
    expect(await host.request({ command: 'info' })).toMatchObject({ faults: [{ ...nack, transfers: 1 }] });
    expect((await bus.read(0x76, 1)).status).toBe(1);
    expect((await bus.read(0x76, 1)).status).toBe(0);
    expect(await host.request({ command: 'info' })).toMatchObject({ faults: [] });
  });

  it.each([
    [{ fault: 'nack', ms: 60_000 }, { status: 1 }],
    [{ fault: 'busy' }, { status: 1 }],
    [{ fault: 'absent' }, { status: 1 }],
    [
      { fault: 'flip', direction: 'read', bit: 7 },
      { status: 0, data: Uint8Array.of(0xe0) },
    ],
    [
      { fault: 'flip', direction: 'write', bit: 0 },
      { status: 0, data: Uint8Array.of(0x00) },
    ],
  ])('can be %j', async (fault, effect) => {
    const { control, i2c } = await serve();
    const [host, bus] = [await control(), await i2c()];
    expect(await host.request({ command: 'fault', address: '0x76', ...fault })).toMatchObject({ ok: true });
    // The identity is 60; D1 is reserved, and reads 00.
    await bus.write(0x76, Uint8Array.of(0xd0), 'S');
    expect(await bus.read(0x76, 1)).toMatchObject(effect);
    expect(await host.request({ command: 'clear-faults' })).toEqual({ ok: true, faults: [] });
    await bus.write(0x76, Uint8Array.of(0xd0), 'S');
    expect(await bus.read(0x76, 1)).toEqual({ status: 0, data: Uint8Array.of(0x60) });
  });

  it('is taken away at one address', async () => {
    const host = await (await serve()).control();
    for (const address of [0x60, 0x76]) await host.request({ command: 'fault', fault: 'absent', address });
    expect(await host.request({ command: 'clear-faults', address: 0x76 })).toEqual({
      ok: true,
      faults: [{ fault: 'absent', address: 0x60 }],
    });
  });
});

describe('transcript', () => {
  it('tells of every transfer as it happens, decoded', async () => {
    const { control, kit, i2c } = await serve();
    const [host, chip, bus] = [await control(), await kit(), await i2c()];
    expect(await host.request({ command: 'transcript', on: true, id: 1 })).toEqual({ id: 1, ok: true });
    await chip.ask('E:w()');
    await chip.ask('E:t(0730000000035D)');
    await bus.write(0x76, Uint8Array.of(0xf4, 0x57));
    const told: unknown[] = [];
    for (let event = 0; event < 6; event++) {
      const { ms, transcript, ...rest } = await host.json();
      expect(rest).toEqual({});
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThan(10_000);
      told.push(transcript);
    }
    expect(told).toEqual([
      ...WAKE_AND_READ,
      'W 60 03 07 30 00 00 00 03 5D ; Info p1=00 p2=0000',
      'R 60 07',
      'R 60 00 00 60 02 80 38',
      'W 76 F4 57 ; ctrl_meas=57',
    ]);
  });

  it('ends when it is told to', async () => {
    const { control, kit } = await serve();
    const [host, chip] = [await control(), await kit()];
    await host.request({ command: 'transcript', on: true });
    await host.request({ command: 'transcript', on: true });
    await host.request({ command: 'transcript', on: false });
    await chip.ask('E:w()');
    expect(await host.request({ command: 'ping', id: 'still here' })).toEqual({ id: 'still here', ok: true });
  });

  it('is told to each that asked, and shows what faults do', async () => {
    const { control, kit } = await serve();
    const [one, other, chip] = [await control(), await control(), await kit()];
    for (const host of [one, other]) await host.request({ command: 'transcript', on: true });
    await one.request({ command: 'fault', fault: 'absent', address: 0x60 });
    await chip.ask('E:i()');
    for (const host of [one, other]) expect(await host.json()).toMatchObject({ transcript: 'W 60 NACK' });
  });

  it('decodes a chip at the address that it has now', async () => {
    const { control, kit } = await serve();
    const [host, chip] = [await control(), await kit()];
    const snapshot = String((await host.request({ command: 'snapshot' })).snapshot);
    await host.request({ command: 'transcript', on: true });
    await host.request({ command: 'restore', snapshot: `${snapshot.slice(0, 32)}6a${snapshot.slice(34)}` });
    await chip.ask('E:w()');
    expect(await host.json()).toMatchObject({ transcript: 'W 00 NACK' });
    expect(await host.json()).toMatchObject({ transcript: 'R 35 04 11 33 43 ; awake' });
  });

  it('drops what a slow reader does not take, says how much, and grows no further', async () => {
    const { control, board } = await serve();
    const [slow, master] = [await control(), {}];
    await slow.request({ command: 'transcript', on: true });
    slow.socket.pause();
    const transfers = 8000;
    for (let transfer = 0; transfer < transfers; transfer++) await board.read(master, 0x76, 512);
    slow.socket.resume();
    let [told, dropped] = [0, 0];
    while (told + dropped < transfers) {
      const event = await slow.json();
      if (typeof event.dropped === 'number') dropped += event.dropped;
      else told++;
    }
    expect(told + dropped).toBe(transfers);
    expect(dropped).toBeGreaterThan(0);
    // Lines of 1.6 kB, 12 MB in all: the system's buffers take some megabytes, the board a quarter of one.
    expect(told).toBeLessThan(7500);
    expect(await slow.request({ command: 'ping' })).toEqual({ ok: true });
  });
});

describe('what a chip keeps', () => {
  it('is kept before the reply', async () => {
    const kept: Uint8Array[] = [];
    const { control, board } = await serve({
      keep: async (memory) => {
        const copy = memory.slice();
        await new Promise((later) => setTimeout(later, 5));
        kept.push(copy);
      },
    });
    const host = await control();
    await host.request({ command: 'fresh', serial: '0123000000000002EE' });
    expect(kept.at(-1)).toEqual(board.chips[0]?.snapshot());
    const { snapshot } = await host.request({ command: 'snapshot' });
    const locked = `${String(snapshot).slice(0, 174)}00${String(snapshot).slice(176)}`;
    expect(await host.request({ command: 'restore', snapshot: locked })).toMatchObject({ config_locked: true });
    expect(toHex(kept.at(-1) ?? new Uint8Array(0)).toLowerCase()).toBe(locked);
  });
});
