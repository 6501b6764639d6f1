import { existsSync } from 'node:fs';
import type { VariantName } from '../../../emulator/atecc608/index.ts';
import type { BoardRequest, ChipChoice, UartRequest } from '../../board/index.ts';
import { type Arguments, textOf } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { parseCount, parsePace, VARIANTS, variantOf } from '../options/index.ts';

/** @throws EmuError EMU_E_USAGE */
export function boardRequest(args: Arguments): BoardRequest {
  const count = textOf(args, 'count');
  const fleet = textOf(args, 'fleet');
  const [chips, sensor] = [textOf(args, 'chip'), textOf(args, 'sensor')];
  const [uart, port] = [textOf(args, 'uart'), textOf(args, 'port')];
  if (fleet !== undefined && chips !== undefined) {
    throw usageError('--fleet and --chip exclude each other', 'A device of a fleet brings its own chip.');
  }
  return {
    count: count === undefined ? undefined : parseBoards(count),
    chips: chips === undefined ? undefined : chipsOf(chips),
    sensor: sensor === undefined ? undefined : sensorOf(sensor),
    fleet: fleet === undefined ? undefined : fleetOf(fleet),
    state: textOf(args, 'state'),
    seed: textOf(args, 'seed'),
    pace: parsePace(textOf(args, 'pace') ?? 'fast'),
    uart: uart === undefined ? undefined : uartOf(uart),
    port: port === undefined ? undefined : portOf(port),
  };
}

/** @throws EmuError EMU_E_USAGE */
export function parseBoards(text: string): number {
  return parseCount('--count', text, 4);
}

/** @throws EmuError EMU_E_USAGE */
export function chipsOf(text: string): ChipChoice[] {
  return text.split(',').map(chipOf);
}

function chipOf(text: string): ChipChoice {
  const [first = '', second] = text.trim().split(':');
  if (second !== undefined) return { variant: variantOf('--chip', second), address: addressOf('--chip', first) };
  return VARIANTS.some((name) => name === first)
    ? { variant: first as VariantName, address: undefined }
    : { variant: 'ATECC608A', address: addressOf('--chip', first) };
}

/** 7 bits in hexadecimal, as i2c-tools write addresses. */
function addressOf(option: string, text: string): number {
  const address = /^(?:0x)?[0-9a-f]{1,2}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  if (address >= 0x08 && address <= 0x77) return address;
  throw usageError(
    `${option} must be an I2C address from 08 to 77, 7 bits in hexadecimal, not ${quoted(text)}`,
    `Write it like ${option} ${option === '--chip' ? '60, 35:ATECC608A-TNGTLS or 60,58' : '76'}.`,
  );
}

/** `null` stands for none. @throws EmuError EMU_E_USAGE */
export function sensorOf(text: string): number | null {
  return text === 'none' ? null : addressOf('--sensor', text);
}

/** DIR, whose name may have a colon, or DIR:DEVICE. */
function fleetOf(text: string): { directory: string; first: number } {
  const [, directory, first = ''] = /^(.+):([^:/]*)$/.exec(text) ?? [];
  if (directory === undefined || existsSync(text)) return { directory: text, first: 0 };
  if (/^\d+$/.test(first)) return { directory, first: Number(first) };
  throw usageError(
    `DEVICE in --fleet DIR:DEVICE must be a number, not ${quoted(first)}`,
    `Write it like --fleet ${directory}:0; emu fleet list ${directory} shows the numbers.`,
  );
}

/** @throws EmuError EMU_E_USAGE */
export function portOf(text: string): number {
  const port = parseCount('--port', text, 7000);
  if (port <= 65_535) return port;
  throw usageError(`--port must be at most 65535, not ${port}`, 'Each board takes three from it on.');
}

/** tcp, tcp:PORT or pty. @throws EmuError EMU_E_USAGE */
export function uartOf(text: string): UartRequest {
  if (text === 'pty' || text === 'tcp') return { port: undefined, pty: text === 'pty' };
  const [, port] = /^tcp:(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { port: Number(port), pty: false };
  throw usageError(`--uart must be tcp, tcp:PORT or pty, not ${quoted(text)}`, 'Write it like --uart tcp:7100.');
}
