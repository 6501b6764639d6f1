import { describe, expect, it } from 'vitest';
import { EmuError } from '../../../emulator/errors.ts';
import { ACK, I2cBus, type I2cTarget } from '../../../emulator/i2c/index.ts';

/** Takes everything, answers with `fill`, and remembers what it was told. */
class Target implements I2cTarget {
  readonly traffic: string[] = [];
  readonly #fill: number;

  constructor(fill = 0) {
    this.#fill = fill;
  }

  write(bytes: Uint8Array, stop: boolean) {
    this.traffic.push(`W ${Buffer.from(bytes).toString('hex')}${stop ? '' : ' +'}`);
    return ACK;
  }

  read(length: number, stop: boolean) {
    this.traffic.push(`R ${length}${stop ? '' : ' +'}`);
    return new Uint8Array(length).fill(this.#fill);
  }

  generalCall(bytes: Uint8Array) {
    this.traffic.push(`call ${Buffer.from(bytes).toString('hex')}`);
  }

  readyAt() {
    return this.#fill;
  }
}

function refusal(attach: () => unknown): EmuError {
  try {
    attach();
  } catch (error) {
    if (error instanceof EmuError) return error;
  }
  throw new Error('not refused');
}

describe('a bus', () => {
  it('routes by address, and passes on whether the bus is held', () => {
    const [a, b] = [new Target(0xaa), new Target(0xbb)];
    const bus = new I2cBus().attach(0x60, a).attach(0x76, b);
    expect(bus.write(0x60, Uint8Array.of(1, 2))).toEqual({ ack: 'ack' });
    expect(bus.write(0x76, Uint8Array.of(3), false)).toEqual({ ack: 'ack' });
    expect(bus.read(0x76, 2)).toEqual(Uint8Array.of(0xbb, 0xbb));
    expect(bus.read(0x60, 1, false)).toEqual(Uint8Array.of(0xaa));
    expect(a.traffic).toEqual(['W 0102', 'R 1 +']);
    expect(b.traffic).toEqual(['W 03 +', 'R 2']);
  });

  it('does not acknowledge the address of an absent device', () => {
    const target = new Target();
    const bus = new I2cBus().attach(0x60, target);
    expect(bus.write(0x61, Uint8Array.of(1))).toEqual({ ack: 'address-nack' });
    expect(bus.read(0x61, 4)).toBeUndefined();
    expect(bus.readyAt(0x61)).toBeUndefined();
    expect(target.traffic).toEqual([]);
  });

  it('passes on how a target refuses', () => {
    const bus = new I2cBus().attach(0x50, {
      write: (bytes) => ({ ack: 'data-nack', taken: bytes.length - 1 }),
      read: () => undefined,
    });
    expect(bus.write(0x50, Uint8Array.of(1, 2, 3))).toEqual({ ack: 'data-nack', taken: 2 });
    expect(bus.read(0x50, 1)).toBeUndefined();
  });

  it('passes a transfer to address 0 to everyone who listens, and nobody acknowledges it', () => {
    const [a, b] = [new Target(), new Target()];
    const deaf: I2cTarget = { write: () => ACK, read: (length) => new Uint8Array(length) };
    const bus = new I2cBus().attach(0x60, a).attach(0x35, deaf).attach(0x76, b);
    expect(bus.write(0, Uint8Array.of(0x06))).toEqual({ ack: 'address-nack' });
    expect(bus.write(0, new Uint8Array(0))).toEqual({ ack: 'address-nack' });
    expect(bus.read(0, 3)).toBeUndefined();
    expect(a.traffic).toEqual(['call 06', 'call ', 'call ']);
    expect(b.traffic).toEqual(a.traffic);
  });

  it('tells when a target is ready, where the target can tell', () => {
    const mute: I2cTarget = { write: () => ACK, read: () => undefined };
    const bus = new I2cBus().attach(0x60, new Target(42)).attach(0x61, mute);
    expect(bus.readyAt(0x60)).toBe(42);
    expect(bus.readyAt(0x61)).toBeUndefined();
  });

  it('takes the addresses 0x08 to 0x77 and no reserved one (UM10204 3.1.12)', () => {
    const bus = new I2cBus();
    for (let address = 0x08; address <= 0x77; address++) bus.attach(address, new Target());
    for (const address of [-1, 0, 0x07, 0x78, 0x7f, 0xc0, 8.5, Number.NaN]) {
      const error = refusal(() => bus.attach(address, new Target()));
      expect(error.code).toBe('EMU_E_I2C_ADDRESS');
      expect(error.value).toBe(address);
    }
  });

  it('refuses an address that is taken, and keeps who has it', () => {
    const bus = new I2cBus().attach(0x60, new Target(1));
    expect(refusal(() => bus.attach(0x60, new Target(2)))).toMatchObject({ code: 'EMU_E_I2C_ADDRESS', value: 0x60 });
    expect(bus.read(0x60, 1)).toEqual(Uint8Array.of(1));
  });

  it('asks a target that may move where it is, at each transfer', () => {
    const [fixed, movable] = [new Target(1), new Target(2)];
    let address = 0x60;
    const bus = new I2cBus().attach(0x76, fixed).attachMovable(() => address, movable);
    expect(bus.read(0x60, 1)).toEqual(Uint8Array.of(2));
    address = 0x35;
    expect(bus.read(0x60, 1)).toBeUndefined();
    expect(bus.read(0x35, 1)).toEqual(Uint8Array.of(2));
    expect(bus.readyAt(0x35)).toBe(2);
    address = 0x76;
    expect(bus.read(0x76, 1)).toEqual(Uint8Array.of(1));
    bus.write(0, Uint8Array.of(6));
    expect(movable.traffic.at(-1)).toBe('call 06');
  });
});
