import { factoryMemory, type VariantName } from '../../emulator/atecc608/index.ts';
import type { Pace } from '../../emulator/i2c/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../../src/base/index.ts';
import { Board } from '../../src/board/board.ts';
import { BoardClock } from '../../src/board/board-clock.ts';
import { ChipMount } from '../../src/board/chip-mount.ts';
import { serveControl } from '../../src/board/control-server.ts';
import { serveI2c } from '../../src/board/i2c-server.ts';
import { serveKit } from '../../src/board/kit-server.ts';
import { type Listener, listen } from '../../src/board/listener.ts';
import { SensorMount } from '../../src/board/sensor-mount.ts';
import { SERIAL_NUMBER } from './atecc608.ts';
import { BoardClient } from './board-client.ts';
import { LineClient } from './line-client.ts';

export interface ServedBoardOptions {
  readonly chips?: readonly { readonly variant: VariantName; readonly address?: number }[];
  readonly sensor?: boolean;
  readonly pace?: Pace;
  readonly keep?: (memory: Uint8Array) => Promise<void>;
}

/** A board of its own in this process, on ports that are free; `close` hangs up on every client that it made. */
export async function serveBoard({
  chips = [{ variant: 'ATECC608A' }],
  sensor = true,
  pace = 'fast',
  keep,
}: ServedBoardOptions = {}) {
  const rng = rootRng('board');
  const clock = new BoardClock(realClock);
  const mounts = chips.map(
    ({ variant, address }, place) =>
      new ChipMount({
        variant,
        factoryAddress: address,
        memory: factoryMemory({ serialNumber: SERIAL_NUMBER, variant, address, rng: rng.fork('factory', place) }),
        rng: rng.fork('chip', place),
        clock,
        pace,
        keep,
      }),
  );
  const board = new Board({
    chips: mounts,
    sensor: sensor ? new SensorMount({ address: 0x76, rng: rng.fork('sensor'), clock }) : undefined,
    clock,
    pace,
    rng: rng.fork('faults'),
  });
  const listeners: Listener[] = [];
  const clients: { close(): void }[] = [];
  const portOf = async (serve: typeof serveI2c) => {
    const listener = await listen(0, (socket) => serve(board, socket));
    listeners.push(listener);
    return listener.port;
  };
  const ports = { i2c: await portOf(serveI2c), kit: await portOf(serveKit), control: await portOf(serveControl) };
  const remember = <Client extends { close(): void }>(client: Client) => {
    clients.push(client);
    return client;
  };
  return {
    board,
    ports,
    i2c: async () => remember(await BoardClient.connect(ports.i2c)),
    kit: async () => remember(await LineClient.connect(ports.kit)),
    control: async () => remember(await LineClient.connect(ports.control)),
    async close() {
      for (const client of clients) client.close();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

export type ServedBoard = Awaited<ReturnType<typeof serveBoard>>;
