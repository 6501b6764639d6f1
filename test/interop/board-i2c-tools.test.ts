import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPreload } from '../../src/board/exec/index.ts';
import { emu } from '../support/emu.ts';
import { requireProgram } from '../support/interop.ts';
import { onBoards } from '../support/preload.ts';
import { type RunningBoard, startBoard } from '../support/running-board.ts';

const i2cTools = requireProgram('i2cdetect', ['-V']);
const gcc = requireProgram('gcc', ['--version']);
const PATH = 'PATH="$PATH:/usr/sbin"';

// i2c-tools refuse address 0, which wakes the chip, without -a; the chip does not acknowledge it (data sheet 1).
const WAKE = 'i2ctransfer -y -a 0 w1@0x00 0x00 2>&1';
const NACK = 'Error: Sending messages failed: No such device or address\n';

describe.skipIf(i2cTools === undefined || gcc === undefined)('i2c-tools on a board', () => {
  let running: RunningBoard;
  let preload = '';
  beforeAll(async () => {
    running = await startBoard('--count', '2');
    preload = await buildPreload(process.env);
  });
  afterAll(() => running.stop());

  function onBoard(text: string) {
    const i2cPorts = running.boards.map(({ ports }) => ports.i2c);
    return onBoards({ preload, i2cPorts }, '/bin/sh', '-c', `${PATH}; ${text}`);
  }

  it('i2cdetect finds the sensor, and not the chip that sleeps', async () => {
    const none = (row: number) => `${row}0: -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- -- \n`;
    const { code, stdout, stderr } = await onBoard('i2cdetect -y 0');
    expect(stdout).toBe(
      `     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f\n00:                         -- -- -- -- -- -- -- -- \n${[
        1, 2, 3, 4, 5, 6,
      ]
        .map(none)
        .join('')}70: -- -- -- -- -- -- 76 --                         \n`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('i2cdetect finds the chip from its wake to its sleep', async () => {
    const scan = 'i2cdetect -y 0 0x60 0x60 | grep ^60';
    const { stdout } = await onBoard(`${WAKE}; ${scan}; i2cset -y 0 0x60 0x01; ${scan}`);
    expect(stdout.replace(/ +$/gm, '')).toBe(`${NACK}60: 60\n60: --\n`);
  });

  it('i2cdetect says what the bus can do', async () => {
    const { stdout } = await onBoard('i2cdetect -F 0');
    const functions = stdout.trimEnd().split('\n').slice(1);
    expect(functions).toHaveLength(15);
    for (const line of functions) expect(line).toMatch(/yes$/);
  });

  it('i2ctransfer wakes the chip and asks it for its revision', async () => {
    const info = 'i2ctransfer -y 0 w8@0x60 0x03 0x07 0x30 0x00 0x00 0x00 0x03 0x5d && i2ctransfer -y 0 r7@0x60';
    const { stdout } = await onBoard(`${WAKE}; i2ctransfer -y 0 r4@0x60; ${info}`);
    expect(stdout).toBe(`${NACK}0x04 0x11 0x33 0x43\n0x07 0x00 0x00 0x60 0x02 0x80 0x38\n`);
  });

  it('i2cget, i2cset and i2cdump read and write the registers of the sensor', async () => {
    const { stdout } = await onBoard(
      [
        'i2cget -y 0 0x76 0xd0',
        'i2cset -y 0 0x76 0xf5 0x40',
        'i2cget -y 0 0x76 0xf5',
        'i2cset -y 0 0x76 0xe0 0xb6', // soft reset
        'i2cget -y 0 0x76 0xf5',
        'i2cget -y 0 0x76 0xf4 w', // ctrl_meas and config, low byte first
        'i2cdump -y -r 0xd0-0xd0 0 0x76 b | tail -1',
      ].join('; '),
    );
    expect(stdout).toBe(
      '0x60\n0x40\n0x00\n0x0000\nd0: 60                                                 `               \n',
    );
  });

  it('finds board k as bus k, and no bus where no board is', async () => {
    const { stdout } = await onBoard('i2cget -y 1 0x76 0xd0; i2cget -y 2 0x76 0xd0 2>&1');
    expect(stdout).toMatch(/^0x60\nError: Could not open file `\/dev\/i2c-2' .*: No such file or directory\n$/);
  });

  it('is run by emu board --exec, which ends with its exit code', async () => {
    const script = `${PATH}; i2cget -y 0 0x76 0xd0; i2cget -y 0 0x20 0xd0`;
    const { code, stdout, stderr } = await emu('board', '--exec', '--', '/bin/sh', '-c', script);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '0x60\n', stderr: 'Error: Read failed\n' });
  });
});
