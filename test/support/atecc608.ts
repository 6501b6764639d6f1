import { Atecc608, type Atecc608Options, factoryMemory } from '../../emulator/atecc608/index.ts';
import { ManualClock } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';

/** 01 23 … EE, as generic parts have it. */
export const SERIAL_NUMBER = hex('0123 A1B2 C3D4 E5F6 EE');

/** Bytes 16..127 that the ESP32 firmware's configuration tool writes; 84..87 are not written. */
export const SEED_CONFIGURATION = hex(`
  C0000001
  8F20 C444 8720 8720 8F0F C400 9F0F 8220 0F0F C444 0F0F 0F0F 0F0F 0F0F 0F0F 0F0F
  FFFFFFFF00000000 FFFFFFFF00000000
  00000000 00000000 00000000 00000000
  0000 0000
  FFFF 0640 00000000
  3300 1C00 1300 1300 7C00 1800 3C00 3300 3C00 3C00 3C00 3000 3C00 3C00 3C00 3000`);

export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

/** The packet CRC bit by bit, apart from the chip's own table. */
export function packetCrc(bytes: Uint8Array): number {
  let register = 0;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const feedback = ((byte >> bit) & 1) ^ (register >> 15);
      register = ((register << 1) & 0xffff) ^ (feedback ? 0x8005 : 0);
    }
  }
  return register;
}

/** Count, opcode, param1, param2, data and CRC. */
export function packet(opcode: number, param1 = 0, param2 = 0, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const body = Uint8Array.of(7 + data.length, opcode, param1, param2 & 0xff, param2 >> 8, ...data);
  const crc = packetCrc(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}

/** A generator whose first draws are `blocks`; what comes after them is `rest`'s. */
export function scriptedRng(blocks: readonly Uint8Array[], rest: Rng = rootRng('after the script')): Rng {
  const script = [...blocks];
  return {
    bytes(length) {
      const block = script.shift();
      if (block === undefined) return rest.bytes(length);
      if (block.length !== length) throw new Error(`the script has ${block.length} bytes, not ${length}`);
      return block.slice();
    },
    fraction: () => rest.fraction(),
    fork: (...path) => rest.fork(...path),
  };
}

export function makeChip(options: Partial<Atecc608Options> = {}): Atecc608 {
  return new Atecc608({
    memory: factoryMemory({ serialNumber: SERIAL_NUMBER }),
    crypto: nodeCrypto,
    rng: rootRng('chip'),
    clock: new ManualClock(),
    executionTimes: 'none',
    ...options,
  });
}

/** Talks to a chip as cryptoauthlib does: wake, command, count byte, rest, idle. */
export class Host {
  readonly chip: Atecc608;

  constructor(chip: Atecc608) {
    this.chip = chip;
  }

  /** The reply's payload; a refusal is a payload of one byte. Throws for a reply that is no packet. */
  command(opcode: number, param1 = 0, param2 = 0, data: Uint8Array = new Uint8Array(0)): Uint8Array {
    const { chip } = this;
    chip.generalCall();
    chip.write(Uint8Array.of(0x03, ...packet(opcode, param1, param2, data)));
    const reply = this.receive();
    chip.write(Uint8Array.of(0x02));
    return reply;
  }

  /** The payload of the reply at the output pointer. */
  receive(): Uint8Array {
    const count = this.chip.read(1)?.[0] ?? 0;
    const rest = this.chip.read(count - 1);
    if (count < 4 || rest === undefined) throw new Error(`the chip's reply has ${count} bytes`);
    const crc = packetCrc(Uint8Array.of(count, ...rest.subarray(0, -2)));
    if (rest.at(-2) !== (crc & 0xff) || rest.at(-1) !== crc >> 8) throw new Error('the CRC of the reply is wrong');
    return rest.subarray(0, -2);
  }

  /** A command that answers with a status. */
  status(opcode: number, param1 = 0, param2 = 0, data?: Uint8Array): number {
    const reply = this.command(opcode, param1, param2, data);
    if (reply.length !== 1) throw new Error(`${reply.length} bytes where a status was expected`);
    return reply[0] as number;
  }

  /** Forgets TempKey and the rest, as sleep does. */
  sleep(): void {
    this.chip.generalCall();
    this.chip.write(Uint8Array.of(0x01));
  }

  /** Writes bytes 16..127 of the configuration in the order of the configuration tool, without 84..87. */
  configure(configuration: Uint8Array): void {
    for (const word of [4, 5, 6, 7]) this.#word(configuration, word);
    this.#block(configuration, 1);
    for (const word of [16, 17, 18, 19, 20, 22, 23]) this.#word(configuration, word);
    this.#block(configuration, 3);
  }

  lockConfig(): void {
    this.#succeed(0x17, 0x80, 0, new Uint8Array(0));
  }

  lockData(): void {
    this.#succeed(0x17, 0x81, 0, new Uint8Array(0));
  }

  /** Writes whole blocks from the start of a slot. */
  fill(slot: number, bytes: Uint8Array): void {
    for (let block = 0; 32 * block < bytes.length; block++) {
      const padded = new Uint8Array(32);
      padded.set(bytes.subarray(32 * block, 32 * block + 32));
      this.#succeed(0x12, 0x82, (block << 8) | (slot << 3), padded);
    }
  }

  #word(configuration: Uint8Array, word: number): void {
    this.#succeed(0x12, 0x00, word, configuration.subarray(4 * word - 16, 4 * word - 12));
  }

  #block(configuration: Uint8Array, block: number): void {
    this.#succeed(0x12, 0x80, block << 3, configuration.subarray(32 * block - 16, 32 * block + 16));
  }

  #succeed(opcode: number, param1: number, param2: number, data: Uint8Array): void {
    const status = this.status(opcode, param1, param2, data);
    if (status !== 0) throw new Error(`command ${opcode.toString(16)} ${param2.toString(16)} gave status ${status}`);
  }
}

/** Little-endian words of the configuration by offset in the zone, to change a rule or two. */
export type Changes = Readonly<Record<number, number>>;

export const slotConfigAt = (slot: number): number => 20 + 2 * slot;
export const keyConfigAt = (slot: number): number => 96 + 2 * slot;

export function changed(configuration: Uint8Array, changes: Changes): Uint8Array {
  const bytes = configuration.slice();
  for (const [offset, word] of Object.entries(changes)) bytes.set([word & 0xff, word >> 8], Number(offset) - 16);
  return bytes;
}

export interface SeedChipOptions extends Partial<Atecc608Options> {
  readonly changes?: Changes;
  readonly lock?: 'none' | 'config' | 'both';
  /** Runs between the locks. */
  readonly fill?: (host: Host) => void;
}

/** A chip with the original firmware's configuration, changed or not, and locked (both zones unless said otherwise). */
export function seedChip({ changes = {}, lock = 'both', fill, ...options }: SeedChipOptions = {}): Host {
  const host = new Host(makeChip(options));
  host.configure(changed(SEED_CONFIGURATION, changes));
  if (lock !== 'none') host.lockConfig();
  fill?.(host);
  if (lock === 'both') host.lockData();
  host.sleep();
  return host;
}
