import { EmuError } from '../../emulator/errors.ts';
import type { Fault } from '../../emulator/i2c/index.ts';
import type { Board } from './board.ts';
import type { Master } from './bus-lock.ts';
import type { ChipMount } from './chip-mount.ts';
import type { ControlRequest } from './control-messages.ts';
import type { SensorMount } from './sensor-mount.ts';

/** Everything but what is about the connection itself. */
export type BoardCommand = Exclude<ControlRequest, { readonly command: 'ping' | 'transcript' }>;

type FaultCommand = Extract<ControlRequest, { readonly command: 'fault' }>;

const PASCAL_PER_HPA = 100;

/** Offsets in the configuration (data sheet 2.2). */
const [REVISION, LOCK_VALUE, LOCK_CONFIG] = [4, 86, 87];
const UNLOCKED = 0x55;

const MOST_FAULTS = 64;

/**
 * Does what is asked, between two transfers, and returns the reply; what it changed is stored by then.
 * @throws EmuError EMU_E_CONTROL_PART, where what it is about is not on the board; EMU_E_CONTROL_FAULTS
 */
export function perform(board: Board, master: Master, request: BoardCommand): Promise<object> {
  return board.meanwhile(master, () => act(board, request));
}

function act(board: Board, request: BoardCommand): object {
  switch (request.command) {
    case 'info':
      return {
        chips: board.chips.map(chipView),
        sensor: board.sensor === undefined ? null : sensorView(board.sensor),
        ...faultsView(board),
      };
    case 'snapshot':
      return { snapshot: hex(chipAt(board, request.address).snapshot()) };
    case 'restore':
      return replaced(board, chipAt(board, request.address), (chip) => chip.replace(request.snapshot));
    case 'fresh':
      return replaced(board, chipAt(board, request.address), (chip) => chip.replaceByFresh(request.serial));
    case 'power-cycle':
      if (request.address !== undefined) requirePart(board, request.address);
      board.powerCycle(request.address);
      return {};
    case 'sensor': {
      const sensor = sensorOf(board);
      const { temperature, pressure, humidity } = sensor.ambient;
      sensor.ambient = {
        temperature: request.temperature_c ?? temperature,
        pressure: request.pressure_hpa === undefined ? pressure : request.pressure_hpa * PASCAL_PER_HPA,
        humidity: request.humidity_percent ?? humidity,
      };
      return sensorView(sensor);
    }
    case 'fault':
      requirePart(board, request.address);
      requireRoom(board);
      board.addFault(faultOf(request));
      return faultsView(board);
    case 'clear-faults':
      board.clearFaults(request.address);
      return faultsView(board);
  }
}

/** What was there loses its power, and faults that last as long as that end. The new chip has never had any. */
function replaced(board: Board, chip: ChipMount, replace: (chip: ChipMount) => void): object {
  board.powerCycle(chip.address);
  replace(chip);
  return chipView(chip);
}

function chipAt(board: Board, address: number | undefined): ChipMount {
  const chip = address === undefined ? board.chips[0] : board.chips.find((mount) => mount.address === address);
  return (
    chip ?? missing(board, address === undefined ? 'a secure element' : `a secure element at ${hexAddress(address)}`)
  );
}

function sensorOf(board: Board): SensorMount {
  return board.sensor ?? missing(board, 'a sensor');
}

function requirePart(board: Board, address: number): void {
  if (!board.parts.some((part) => part.address === address)) missing(board, `anything at ${hexAddress(address)}`);
}

function missing(board: Board, what: string): never {
  const parts = [
    ...board.chips.map(({ variant, address }) => `${variant} at ${hexAddress(address)}`),
    ...(board.sensor === undefined ? [] : [`BME280 at ${hexAddress(board.sensor.address)}`]),
  ];
  throw new EmuError('EMU_E_CONTROL_PART', `the board does not have ${what}`, {
    hint: `It has ${parts.length === 0 ? 'nothing' : parts.join(', ')}.`,
  });
}

/** Each transfer looks at all of them, and each reply to a fault lists them. */
function requireRoom(board: Board): void {
  if (board.faults.length < MOST_FAULTS) return;
  throw new EmuError('EMU_E_CONTROL_FAULTS', `a board has at most ${MOST_FAULTS} faults at a time`, {
    value: MOST_FAULTS,
    hint: 'Clear some; one fault can last for many transfers.',
  });
}

function faultOf(request: FaultCommand): Fault {
  const { id: _, command: __, fault: kind, ...details } = request;
  return { kind, ...details } as Fault;
}

function faultsView(board: Board): object {
  return { faults: board.faults.map(({ kind, ...details }) => ({ fault: kind, ...details })) };
}

function chipView(chip: ChipMount): object {
  const memory = chip.snapshot();
  return {
    address: chip.address,
    variant: chip.variant,
    serial: hex(chip.serialNumber),
    revision: hex(memory.subarray(REVISION, REVISION + 4)),
    config_locked: memory[LOCK_CONFIG] !== UNLOCKED,
    data_locked: memory[LOCK_VALUE] !== UNLOCKED,
  };
}

function sensorView({ address, ambient }: SensorMount): object {
  return {
    address,
    temperature_c: ambient.temperature,
    pressure_hpa: ambient.pressure / PASCAL_PER_HPA,
    humidity_percent: ambient.humidity,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function hexAddress(address: number): string {
  return `0x${address.toString(16).padStart(2, '0')}`;
}
