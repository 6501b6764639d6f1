import { z } from 'zod';
import { i2cAddressOf, MEMORY_SIZE } from '../../emulator/atecc608/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import { isDeviceAddress } from '../../emulator/i2c/index.ts';
import { nearest } from '../base/index.ts';

const SERIAL_NUMBER_SIZE = 9;

const ADDRESS = 'expected an address of 7 bits, as 96 or as "60"';

const addressText = z
  .string()
  .regex(/^(?:0x)?[0-9a-f]{2}$/i)
  .transform((digits) => Number.parseInt(digits, 16));

/** 7 bits, as a number or as two hexadecimal digits. */
const address = z
  .union([z.number(), addressText], ADDRESS)
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= 0x7f, ADDRESS);

function hexBytes(length: number) {
  return z
    .string(`expected ${2 * length} hexadecimal digits`)
    .regex(new RegExp(`^[0-9a-f]{${2 * length}}$`, 'i'), `expected ${2 * length} hexadecimal digits`)
    .transform((digits) => Uint8Array.from(Buffer.from(digits, 'hex')));
}

function between(least: number, most: number, unit: string) {
  const expected = `expected ${least} to ${most} ${unit}`;
  return z.number(expected).min(least, expected).max(most, expected);
}

function whole(least: number) {
  const expected = `expected a whole number from ${least} on`;
  return z.int(expected).min(least, expected);
}

function fault<const Kind extends string, Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) {
  return command('fault', { fault: z.literal(kind), address, ...shape });
}

function command<const Name extends string, Shape extends z.core.$ZodLooseShape>(name: Name, shape: Shape) {
  const id = z.union([z.number(), z.string()], 'expected a number or a text');
  return z.strictObject({ id: id.optional(), command: z.literal(name), ...shape });
}

// The air that a BME280 can stand: its data sheet's operating ranges (BST-BME280-DS002, tables 2 to 4).
const sensor = command('sensor', {
  temperature_c: between(-40, 85, '°C').optional(),
  pressure_hpa: between(300, 1100, 'hPa').optional(),
  humidity_percent: between(0, 100, '%').optional(),
});

const faults = z.discriminatedUnion(
  'fault',
  [
    fault('nack', {
      transfers: whole(1).optional(),
      ms: z.number('expected milliseconds').positive('expected milliseconds').optional(),
    }),
    fault('busy', {}),
    fault('absent', {}),
    fault('flip', {
      direction: z.enum(['read', 'write'], 'expected read or write'),
      bit: whole(0).optional(),
      transfers: whole(1).optional(),
    }),
  ],
  'expected nack, busy, absent or flip',
);

/** A chip elsewhere, as at address 0 with a memory of zeros, could not be talked to again. */
const snapshot = hexBytes(MEMORY_SIZE).superRefine((memory, context) => {
  const chip = i2cAddressOf(memory);
  if (isDeviceAddress(chip)) return;
  const message = `its I2C address (byte 16 of the configuration) is ${chip.toString(16).padStart(2, '0')} in 7 bits: expected 08 to 77`;
  context.addIssue({ code: 'custom', message });
});

const request = z.discriminatedUnion('command', [
  command('ping', {}),
  command('info', {}),
  command('fresh', { address: address.optional(), serial: hexBytes(SERIAL_NUMBER_SIZE).optional() }),
  command('snapshot', { address: address.optional() }),
  command('restore', { address: address.optional(), snapshot }),
  command('power-cycle', { address: address.optional() }),
  sensor,
  faults,
  command('clear-faults', { address: address.optional() }),
  command('transcript', { on: z.boolean('expected true or false') }),
]);

export type ControlRequest = z.output<typeof request>;

export type ControlCommand = ControlRequest['command'];

export const CONTROL_COMMANDS: readonly ControlCommand[] = [
  'ping',
  'info',
  'fresh',
  'snapshot',
  'restore',
  'power-cycle',
  'sensor',
  'fault',
  'clear-faults',
  'transcript',
];

const EXAMPLE = 'One JSON object a line, like {"command":"info"}';

/** The value that a line holds. @throws EmuError EMU_E_CONTROL_JSON */
export function parseJson(line: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch (cause) {
    throw new EmuError('EMU_E_CONTROL_JSON', 'this line is not JSON', { hint: EXAMPLE, cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new EmuError('EMU_E_CONTROL_JSON', 'a request is a JSON object', { value, hint: EXAMPLE });
}

/** @throws EmuError EMU_E_CONTROL_COMMAND, EMU_E_CONTROL_REQUEST: every problem in `value`, the first one the message. */
export function parseControlRequest(value: object): ControlRequest {
  const name = 'command' in value ? value.command : undefined;
  if (!(CONTROL_COMMANDS as readonly unknown[]).includes(name)) throw unknownCommand(name);
  const parsed = request.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describe);
  throw new EmuError('EMU_E_CONTROL_REQUEST', problems[0] ?? '', {
    value: problems,
    ...(problems.length > 1 && { hint: `${problems.length - 1} more: ${problems.slice(1).join('; ')}` }),
  });
}

function unknownCommand(name: unknown): EmuError {
  const meant = typeof name === 'string' ? nearest(name, CONTROL_COMMANDS) : undefined;
  const message = name === undefined ? 'no command' : `there is no command ${JSON.stringify(name)}`;
  return new EmuError('EMU_E_CONTROL_COMMAND', message, {
    value: name,
    hint: meant === undefined ? `There are ${CONTROL_COMMANDS.join(', ')}.` : `Did you mean ${meant}?`,
  });
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: unknown key`).join('; ');
  return `${issue.path.join('.')}: ${issue.message}`;
}
