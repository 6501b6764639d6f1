import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { EmuError } from '../../emulator/errors.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../base/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import { type BoardLayout, PersistentBoards } from '../store/index.ts';
import { Board } from './board.ts';
import { BoardClock } from './board-clock.ts';
import { ChipMount } from './chip-mount.ts';
import { serveControl } from './control-server.ts';
import { serveI2c } from './i2c-server.ts';
import { serveKit } from './kit-server.ts';
import { type Listener, listen } from './listener.ts';
import { newBoards } from './new-boards.ts';
import type { BoardRequest } from './request.ts';
import { requireAsStored } from './require-as-stored.ts';
import { SensorMount } from './sensor-mount.ts';
import { startUarts, type Uart } from './uart.ts';

type Serve = (board: Board, socket: Socket) => Promise<void>;

const SERVE = { i2c: serveI2c, kit: serveKit, control: serveControl } as const satisfies Record<string, Serve>;

const LAST_PORT = 65_535;

export type Service = keyof typeof SERVE;

/** What a board can be reached by, in the order of its ports. */
export const SERVICES = Object.keys(SERVE) as Service[];

export interface ServedBoard {
  readonly board: Board;
  /** On the loopback interface. */
  readonly ports: Readonly<Record<Service, number>>;
  /** The serial line of its microcontroller, where one was asked for. */
  readonly uart?: Uart;
}

export interface RunningBoards {
  readonly boards: readonly ServedBoard[];
  /** Rejects when a chip's memory can no longer be stored; nothing is answered from then on. */
  readonly failed: Promise<never>;
  /** Resolves when all ports are free and all memories are stored. */
  close(): Promise<void>;
}

/** What the chips of all boards are made of. */
interface Supplies {
  readonly layouts: readonly BoardLayout[];
  /** In the order of the layouts. */
  readonly chips: readonly ProvisionedDevice[];
  readonly parts: Rng;
  readonly randomness: Rng;
  keep?(chip: number, memory: Uint8Array): Promise<void>;
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/**
 * `environment` says which compiler and which cache make the terminals of serial lines.
 * @throws EmuError EMU_E_USAGE_BOARD, EMU_E_BOARD_…, EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export async function startBoards(request: BoardRequest, environment: NodeJS.ProcessEnv = {}): Promise<RunningBoards> {
  const supplies = await suppliesFor(request);
  const listeners: Listener[] = [];
  let closeUarts = async () => {};
  const close = async () => {
    await closeUarts();
    await Promise.all(listeners.map((listener) => listener.close()));
    await supplies.close();
  };
  const portsOf = async (board: Board): Promise<ServedBoard['ports']> => {
    const ports: Partial<Record<Service, number>> = {};
    for (const service of SERVICES) {
      const port = request.port === undefined ? 0 : request.port + listeners.length;
      const listener = await listen(port, (socket) => attended(board, socket, SERVE[service]));
      listeners.push(listener);
      ports[service] = listener.port;
    }
    return ports as Record<Service, number>;
  };
  try {
    requirePorts(request, supplies.layouts.length);
    const boards = assembled(supplies, request);
    const served: ServedBoard[] = [];
    for (const board of boards) served.push({ board, ports: await portsOf(board) });
    if (request.uart === undefined) return { boards: served, failed: supplies.failed, close };
    const lines = await startUarts(boards, request.uart, environment);
    closeUarts = lines.close;
    return {
      boards: served.map((one, index) => ({ ...one, uart: lines.uarts[index] as Uart })),
      failed: supplies.failed,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** While a master is connected, its board's time leaves out what this process is away. */
async function attended(board: Board, socket: Socket, serve: Serve): Promise<void> {
  const leave = board.clock.attend();
  try {
    await serve(board, socket);
  } finally {
    leave();
  }
}

function requirePorts({ port = 1, uart }: BoardRequest, boards: number): void {
  requireLast(port + boards * SERVICES.length - 1, `Each board takes ${SERVICES.length}`, '--port');
  requireLast((uart?.port ?? 1) + boards - 1, 'Each board takes one', '--uart tcp:PORT');
}

function requireLast(last: number, need: string, option: string): void {
  if (last <= LAST_PORT) return;
  throw new EmuError('EMU_E_USAGE_BOARD', `the ports would go up to ${last}, and ${LAST_PORT} is the last port`, {
    value: last,
    hint: `${need}: serve fewer, or begin with a lower ${option}.`,
  });
}

async function suppliesFor(request: BoardRequest): Promise<Supplies> {
  const rng = rootRng(request.seed ?? Uint8Array.from(randomBytes(32)));
  if (request.state === undefined) {
    const { boards, chips } = await newBoards(request, rng);
    const never = new Promise<never>(() => {});
    return { layouts: boards, chips, parts: rng, randomness: rng, failed: never, close: async () => {} };
  }
  const persistent = await PersistentBoards.open(request.state, () => newBoards(request, rng));
  try {
    requireAsStored(persistent.file, request);
  } catch (error) {
    await persistent.close();
    throw error;
  }
  return {
    layouts: persistent.file.boards,
    chips: persistent.chips,
    parts: persistent.parts,
    randomness: persistent.randomness,
    keep: (chip, memory) => persistent.keep(chip, memory),
    failed: persistent.failed,
    close: () => persistent.close(),
  };
}

function assembled({ layouts, chips, parts, randomness, keep }: Supplies, { pace }: BoardRequest): Board[] {
  let next = 0;
  return layouts.map((layout, index) => {
    const rng = randomness.fork('board', index);
    const clock = new BoardClock(realClock);
    const mounts = layout.chips.map(({ variant, address }, place) => {
      const chip = next++;
      return new ChipMount({
        variant,
        factoryAddress: address,
        memory: (chips[chip] as ProvisionedDevice).memory,
        rng: rng.fork('chip', place),
        clock,
        pace,
        keep: keep && ((memory) => keep(chip, memory)),
      });
    });
    const sensor =
      layout.sensor === null
        ? undefined
        : new SensorMount({
            address: layout.sensor,
            rng: parts.fork('board', index, 'sensor'),
            // It measures by itself: no driver waits for it.
            clock: { now: () => clock.undriven() },
          });
    return new Board({ chips: mounts, sensor, clock, pace, rng: rng.fork('faults') });
  });
}
