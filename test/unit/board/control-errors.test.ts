import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedBoard, serveBoard } from '../../support/board.ts';
import type { LineClient } from '../../support/line-client.ts';

let served: ServedBoard;
let host: LineClient;
beforeAll(async () => {
  served = await serveBoard();
  host = await served.control();
});
afterAll(() => served.close());

const FACTORY_PARTS = 'It has ATECC608A at 0x60, BME280 at 0x76.';

const withAddress = (byte: string) => `${'00'.repeat(16)}${byte}${'00'.repeat(1383)}`;
const nowhere = (address: string) =>
  `snapshot: its I2C address (byte 16 of the configuration) is ${address} in 7 bits: expected 08 to 77`;

async function errorOf(request: object) {
  const { ok, error } = await host.request(request);
  expect(ok).toBe(false);
  return error;
}

describe('the control channel refuses', () => {
  it.each([
    ['', 'this line is not JSON'],
    ['{', 'this line is not JSON'],
    ['hello', 'this line is not JSON'],
    ['null', 'a request is a JSON object'],
    ['[]', 'a request is a JSON object'],
    ['"info"', 'a request is a JSON object'],
  ])('the line %j', async (line, message) => {
    host.socket.write(`${line}\n`);
    expect(await host.json()).toEqual({
      ok: false,
      error: { code: 'EMU_E_CONTROL_JSON', message, hint: 'One JSON object a line, like {"command":"info"}' },
    });
  });

  it('a line that is no UTF-8', async () => {
    host.socket.write(Buffer.from('{"command":"\xff"}\n', 'latin1'));
    expect(await host.json()).toMatchObject({ ok: false, error: { code: 'EMU_E_CONTROL_JSON' } });
  });

  it('a line that is too long, and takes the next one', async () => {
    const padded = (length: number) => `{"command":"ping"}`.padEnd(length);
    expect(JSON.parse((await host.ask(padded(16_384))) ?? '')).toEqual({ ok: true });
    expect(JSON.parse((await host.ask(padded(16_385))) ?? '')).toEqual({
      ok: false,
      error: { code: 'EMU_E_CONTROL_LINE', message: 'a line has at most 16384 bytes' },
    });
    expect(await host.request({ command: 'ping' })).toEqual({ ok: true });
  });

  it('a command that is none, and says which was meant', async () => {
    expect(await errorOf({ command: 'snapshoot' })).toEqual({
      code: 'EMU_E_CONTROL_COMMAND',
      message: 'there is no command "snapshoot"',
      hint: 'Did you mean snapshot?',
    });
    const all = 'There are ping, info, fresh, snapshot, restore, power-cycle, sensor, fault, clear-faults, transcript.';
    expect(await errorOf({ command: 'reboot' })).toMatchObject({ hint: all });
    expect(await errorOf({ command: 7 })).toMatchObject({ message: 'there is no command 7', hint: all });
    expect(await errorOf({})).toMatchObject({ code: 'EMU_E_CONTROL_COMMAND', message: 'no command', hint: all });
  });

  it.each([
    [{ command: 'info', what: 1 }, 'what: unknown key'],
    [{ command: 'ping', id: {} }, 'id: expected a number or a text'],
    [{ command: 'snapshot', address: 128 }, 'address: expected an address of 7 bits, as 96 or as "60"'],
    [{ command: 'snapshot', address: 'C0h' }, 'address: expected an address of 7 bits, as 96 or as "60"'],
    [{ command: 'snapshot', address: 'C0' }, 'address: expected an address of 7 bits, as 96 or as "60"'],
    [{ command: 'fresh', serial: '0123' }, 'serial: expected 18 hexadecimal digits'],
    [{ command: 'restore' }, 'snapshot: expected 2800 hexadecimal digits'],
    [{ command: 'restore', snapshot: 'FF' }, 'snapshot: expected 2800 hexadecimal digits'],
    [{ command: 'restore', snapshot: 'G'.repeat(2800) }, 'snapshot: expected 2800 hexadecimal digits'],
    // Byte 16 of the configuration is I2C_Address in 8 bits; 08 to 77 in 7 are what UM10204 3.1.12 leaves to devices.
    [{ command: 'restore', snapshot: '00'.repeat(1400) }, nowhere('00')],
    [{ command: 'restore', snapshot: withAddress('0E') }, nowhere('07')],
    [{ command: 'restore', snapshot: withAddress('F0') }, nowhere('78')],
    [{ command: 'sensor', temperature_c: 85.1 }, 'temperature_c: expected -40 to 85 °C'],
    [{ command: 'sensor', temperature_c: '20' }, 'temperature_c: expected -40 to 85 °C'],
    [{ command: 'sensor', pressure_hpa: 101_325 }, 'pressure_hpa: expected 300 to 1100 hPa'],
    [{ command: 'sensor', humidity_percent: -1 }, 'humidity_percent: expected 0 to 100 %'],
    [{ command: 'fault', address: 96 }, 'fault: expected nack, busy, absent or flip'],
    [{ command: 'fault', fault: 'bust', address: 96 }, 'fault: expected nack, busy, absent or flip'],
    [{ command: 'fault', fault: 'busy' }, 'address: expected an address of 7 bits, as 96 or as "60"'],
    [{ command: 'fault', fault: 'busy', address: 96, ms: 5 }, 'ms: unknown key'],
    [{ command: 'fault', fault: 'nack', address: 96, transfers: 0 }, 'transfers: expected a whole number from 1 on'],
    [{ command: 'fault', fault: 'nack', address: 96, ms: -1 }, 'ms: expected milliseconds'],
    [{ command: 'fault', fault: 'flip', address: 96 }, 'direction: expected read or write'],
    [
      { command: 'fault', fault: 'flip', address: 96, direction: 'read', bit: 0.5 },
      'bit: expected a whole number from 0 on',
    ],
    [{ command: 'transcript' }, 'on: expected true or false'],
    [{ command: 'transcript', on: 'yes' }, 'on: expected true or false'],
  ])('%j', async (request, message) => {
    expect(await errorOf(request)).toEqual({ code: 'EMU_E_CONTROL_REQUEST', message });
  });

  it('with the first problem, and the others in the hint', async () => {
    expect(await errorOf({ command: 'sensor', temperature_c: 99, humidity_percent: 101 })).toEqual({
      code: 'EMU_E_CONTROL_REQUEST',
      message: 'temperature_c: expected -40 to 85 °C',
      hint: '1 more: humidity_percent: expected 0 to 100 %',
    });
  });

  it('what is about a part that is not there', async () => {
    for (const command of ['snapshot', 'fresh']) {
      expect(await errorOf({ command, address: 0x76 })).toEqual({
        code: 'EMU_E_CONTROL_PART',
        message: 'the board does not have a secure element at 0x76',
        hint: FACTORY_PARTS,
      });
    }
    for (const request of [{ command: 'power-cycle' }, { command: 'fault', fault: 'absent' }]) {
      expect(await errorOf({ ...request, address: 0x61 })).toEqual({
        code: 'EMU_E_CONTROL_PART',
        message: 'the board does not have anything at 0x61',
        hint: FACTORY_PARTS,
      });
    }
  });

  it('what is about parts of a board that has none', async () => {
    const bare = await serveBoard({ chips: [], sensor: false });
    const client = await bare.control();
    for (const [command, what] of [
      ['sensor', 'a sensor'],
      ['snapshot', 'a secure element'],
    ] as const) {
      expect(await client.request({ command })).toEqual({
        ok: false,
        error: { code: 'EMU_E_CONTROL_PART', message: `the board does not have ${what}`, hint: 'It has nothing.' },
      });
    }
    await bare.close();
  });

  it('one fault too many, until some are cleared', async () => {
    const nack = { command: 'fault', fault: 'nack', address: '76' };
    for (let count = 1; count <= 64; count++) expect(await host.request(nack)).toMatchObject({ ok: true });
    expect(await host.request(nack)).toEqual({
      ok: false,
      error: {
        code: 'EMU_E_CONTROL_FAULTS',
        message: 'a board has at most 64 faults at a time',
        hint: 'Clear some; one fault can last for many transfers.',
      },
    });
    expect(await host.request({ command: 'clear-faults' })).toEqual({ ok: true, faults: [] });
    expect(await host.request({ ...nack, transfers: 1 })).toMatchObject({ ok: true });
    expect(await host.request({ command: 'clear-faults' })).toEqual({ ok: true, faults: [] });
  });

  it('under the id of the request', async () => {
    for (const id of [0, 7, 'seven']) {
      expect(await host.request({ id, command: 'ping' })).toEqual({ id, ok: true });
      expect(await host.request({ id, command: 'pong' })).toMatchObject({ id, ok: false });
      expect(await host.request({ id, command: 'sensor', humidity_percent: 200 })).toMatchObject({ id, ok: false });
      expect(await host.request({ id, command: 'snapshot', address: 8 })).toMatchObject({ id, ok: false });
    }
  });

  it('whatever is no request, with one line for each, and stays', async () => {
    const key = fc.constantFrom('command', 'id', 'address', 'fault', 'on', 'serial', 'snapshot', 'ms');
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('info', 'fault', 'nack', 'sensor', 'transcript', 96));
    const line = fc.oneof(
      fc.dictionary(key, value).map((object) => JSON.stringify(object)),
      fc.string(),
      fc.json(),
    );
    const other = await served.control();
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), async (lines) => {
        const text = lines.map((each) => each.replaceAll(/[\r\n\u2028\u2029]/g, ' '));
        other.socket.write(text.map((each) => `${each}\n`).join(''));
        for (const each of text) expect(await other.json(), each).toHaveProperty('ok');
      }),
      { numRuns: 100 },
    );
  });
});
