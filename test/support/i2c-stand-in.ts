import { createServer, type Server, type Socket } from 'node:net';

/** A memory of 256 bytes whose pointer goes on with each byte: a write sets it by its first byte, as in a serial EEPROM. */
export const MEMORY_ADDRESS = 0x50;
/** The same memory under another address: that of the part whose data sheet has examples of PEC. */
export const SECOND_MEMORY_ADDRESS = 0x5a;
/** Takes two bytes and refuses the third. */
export const CHOOSY_ADDRESS = 0x51;

/** A peer for the preload library: the board's wire protocol, read from its description alone, with two simple targets. */
export interface I2cStandIn {
  readonly port: number;
  readonly memory: Uint8Array;
  /** What was asked for, one line a request, as `W 50 10 11` or `R 50 2`; taken when read. */
  take(): string[];
  /** Connections that were made. */
  readonly connections: () => number;
  /** Ends all connections. */
  hangUp(): void;
  /** Says nothing from now on. */
  fallSilent(): void;
  close(): Promise<void>;
}

export async function startI2cStandIn(): Promise<I2cStandIn> {
  const memory = new Uint8Array(256);
  const sockets = new Set<Socket>();
  let log: string[] = [];
  let connections = 0;
  let silent = false;

  /** Each connection has a pointer of its own: who may have the bus is not this peer's to decide. */
  const pointers = new Map<Socket, number>();

  function answer(socket: Socket, op: string, address: number, length: number, data: Buffer): Buffer {
    log.push([op, hex(address), ...(op === 'R' ? [String(length)] : [...data].map(hex))].join(' '));
    if (address === CHOOSY_ADDRESS) return length <= 2 ? reply(0) : reply(2, [2, 0]);
    if (address !== MEMORY_ADDRESS && address !== SECOND_MEMORY_ADDRESS) return reply(1);
    const pointer = op === 'R' ? (pointers.get(socket) ?? 0) : (data[0] ?? 0);
    pointers.set(socket, pointer + (op === 'R' ? length : Math.max(0, length - 1)));
    if (op === 'R')
      return reply(
        0,
        Uint8Array.from({ length }, (_, index) => memory[(pointer + index) & 0xff] ?? 0),
      );
    for (const [index, byte] of data.subarray(1).entries()) memory[(pointer + index) & 0xff] = byte;
    return reply(0);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    sockets.add(socket);
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 4) {
        const op = String.fromCharCode(pending.readUInt8(0));
        const length = pending.readUInt16LE(2);
        const end = 4 + (op === 'R' ? 0 : length);
        if (pending.length < end) return;
        const bytes = answer(socket, op, pending.readUInt8(1), length, pending.subarray(4, end));
        // In two pieces, which a client must put together.
        if (!silent) {
          socket.write(bytes.subarray(0, 2));
          setImmediate(() => socket.write(bytes.subarray(2)));
        }
        pending = pending.subarray(end);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      pointers.delete(socket);
    });
  });
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listening(server),
    memory,
    take() {
      const lines = log;
      log = [];
      return lines;
    },
    connections: () => connections,
    hangUp,
    fallSilent() {
      silent = true;
    },
    close() {
      hangUp();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function reply(status: number, data: ArrayLike<number> = []): Buffer {
  return Buffer.from([status, data.length & 0xff, data.length >> 8, ...Array.from(data)]);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

export function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
