import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPreload } from '../../src/board/exec/index.ts';
import { startI2cStandIn } from '../support/i2c-stand-in.ts';
import { requireProgram, requirePythonModule } from '../support/interop.ts';
import { onBoards } from '../support/preload.ts';
import { type RunningBoard, startBoard } from '../support/running-board.ts';

const gcc = requireProgram('gcc', ['--version']);
const smbus2 = requirePythonModule('smbus2', 'python3-smbus2');
const bme280 = requirePythonModule('bme280', 'python3-bme280');
const serial = requirePythonModule('serial', 'python3-serial');

const directory = mkdtempSync(join(tmpdir(), 'twinfleet-python-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function script(text: string): string {
  const path = join(directory, 'script.py');
  writeFileSync(path, text);
  return path;
}

let running: RunningBoard;
let preload = '';
beforeAll(async () => {
  running = await startBoard();
  if (gcc !== undefined) preload = await buildPreload(process.env);
});
afterAll(() => running.stop());

/** What a script prints on the board, line by line. */
async function onBoard(python: string | undefined, text: string): Promise<string[]> {
  const [{ ports } = { ports: undefined }] = running.boards;
  const placed = { preload, i2cPorts: [ports?.i2c ?? 0], kitPorts: [ports?.kit ?? 0] };
  const { code, stdout, stderr } = await onBoards(placed, python ?? '', script(text), String(ports?.control));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

describe.skipIf(gcc === undefined || smbus2 === undefined)('python3-smbus2 on a board', () => {
  it('wakes the chip, and asks it for its revision and its serial number', async () => {
    const lines = await onBoard(
      smbus2,
      `
from smbus2 import SMBus, i2c_msg

def command(bus, packet, length):
    bus.i2c_rdwr(i2c_msg.write(0x60, [3] + packet))
    while True:
        try:
            reply = i2c_msg.read(0x60, length)
            bus.i2c_rdwr(reply)
            return bytes(reply)
        except OSError:
            pass

with SMBus(0) as bus:
    try:
        bus.write_byte(0x00, 0x00)
    except OSError as error:
        print(error)
    print(bytes(bus.i2c_rdwr(wake := i2c_msg.read(0x60, 4)) or wake).hex())
    print(command(bus, [0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5d], 7).hex())
    block = command(bus, [0x07, 0x02, 0x80, 0x00, 0x00, 0x09, 0xad], 35)
    print(block[0], block[1:5].hex() + block[9:14].hex())
`,
    );
    expect(lines).toEqual([
      '[Errno 6] No such device or address',
      '04113343',
      '07000060028038',
      `35 ${running.boards[0]?.chips[0]?.serial}`,
    ]);
  });

  it('reads the sensor by bytes, words, blocks and combined messages alike', async () => {
    const lines = await onBoard(
      smbus2,
      `
from smbus2 import SMBus, i2c_msg

with SMBus('/dev/i2c-0') as bus:
    print(hex(bus.read_byte_data(0x76, 0xd0)))
    block = bus.read_i2c_block_data(0x76, 0x88, 24)
    words = [bus.read_word_data(0x76, 0x88 + 2 * i) for i in range(12)]
    print(words == [block[2 * i] | block[2 * i + 1] << 8 for i in range(12)])
    bus.write_byte(0x76, 0x88)
    print([bus.read_byte(0x76) for i in range(2)] == [block[0], block[1]])
    reply = i2c_msg.read(0x76, 24)
    bus.i2c_rdwr(i2c_msg.write(0x76, [0x88]), reply)
    print(list(reply) == block)
    bus.write_byte_data(0x76, 0xf5, 0x40)
    print(hex(bus.read_byte_data(0x76, 0xf5)))
    bus.write_quick(0x76)
    try:
        bus.write_quick(0x20)
    except OSError as error:
        print(error.errno)
`,
    );
    expect(lines).toEqual(['0x60', 'True', 'True', 'True', '0x40', '6']);
  });

  it('reads and writes blocks, calls and PEC of a target that has them', async () => {
    const target = await startI2cStandIn();
    target.memory.set([0x02, 0xc1, 0xc2], 0x20);
    // CRC-8 of a0 30 a1 5a, divided by hand.
    target.memory.set([0x5a, 0x92, 0x5a, 0x00], 0x30);
    const text = `
from smbus2 import SMBus
with SMBus(0) as bus:
    print(bus.read_block_data(0x50, 0x20))
    bus.write_block_data(0x50, 0x40, [1, 2, 3])
    print(bus.read_block_data(0x50, 0x40))
    print(hex(bus.process_call(0x50, 0x60, 0x1234)))
    print(bus.block_process_call(0x50, 0x1e, [0xaa]))
    bus.pec = 1
    print(hex(bus.read_byte_data(0x50, 0x30)))
    try:
        bus.read_byte_data(0x50, 0x32)
    except OSError as error:
        print(error)
`;
    const ended = await onBoards({ preload, i2cPorts: [target.port] }, smbus2 ?? '', script(text));
    await target.close();
    expect(ended.stderr).toBe('');
    expect(ended.stdout.trimEnd().split('\n')).toEqual([
      '[193, 194]',
      '[1, 2, 3]',
      '0x0',
      '[193, 194]',
      '0x5a',
      '[Errno 74] Bad message',
    ]);
  });
});

describe.skipIf(gcc === undefined || bme280 === undefined || smbus2 === undefined)('python3-bme280 on a board', () => {
  it('measures what the control channel sets', async () => {
    const lines = await onBoard(
      bme280,
      `
import bme280, json, smbus2, socket, sys

control = socket.create_connection(('127.0.0.1', int(sys.argv[1]))).makefile('rw')
bus = smbus2.SMBus(0)
calibration = bme280.load_calibration_params(bus, 0x76)
for air in [(22.5, 1013.25, 45.0), (-40, 300, 10), (85, 1100, 90), (21.25, 987.5, 55.5)]:
    values = dict(zip(['temperature_c', 'pressure_hpa', 'humidity_percent'], air))
    control.write(json.dumps({'command': 'sensor', **values}) + '\\n')
    control.flush()
    assert 'error' not in json.loads(control.readline())
    sample = bme280.sample(bus, 0x76, calibration)
    print(json.dumps([sample.temperature, sample.pressure, sample.humidity]))
`,
    );
    const measured = lines.map((line) => JSON.parse(line) as number[]);
    const air = [
      [22.5, 1013.25, 45],
      [-40, 300, 10],
      [85, 1100, 90],
      [21.25, 987.5, 55.5],
    ];
    expect(measured).toHaveLength(air.length);
    for (const [index, [temperature = 0, pressure = 0, humidity = 0]] of air.entries()) {
      const [degrees, hectopascals, percent] = measured[index] ?? [];
      expect(degrees).toBeCloseTo(temperature, 1);
      expect(hectopascals).toBeCloseTo(pressure, 0);
      expect(percent).toBeCloseTo(humidity, 0);
    }
  });
});

describe.skipIf(gcc === undefined || serial === undefined)('python3-serial on a board', () => {
  it('talks kit text to the chip', async () => {
    const lines = await onBoard(
      serial,
      `
import serial
port = serial.Serial('/dev/ttyEMU0', 115200, timeout=10, exclusive=True)
port.reset_input_buffer()
port.dtr = False
port.dtr = True
for line in ['board:device(00)', 'E:physical:select(C0)', 'E:w()', 'E:t(0730000000035D)', 'E:i()']:
    port.write((line + '\\n').encode())
    port.flush()
    print(port.readline().decode().rstrip())
port.timeout = 0.1
print(port.in_waiting, port.read(1), port.cts)
`,
    );
    expect(lines).toEqual(['ECC608 TWI 00(C0)', '00()', '00(04113343)', '00(07000060028038)', '00()', "0 b'' True"]);
  });
});
