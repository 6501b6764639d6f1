import { expect, it } from 'vitest';
import { atecc608Decoder } from '../../../emulator/atecc608/index.ts';
import { ACK, ADDRESS_NACK, type I2c } from '../../../emulator/i2c/index.ts';
import { transcribed } from '../../../src/trace/i2c-lines.ts';

/** A bus that answers reads with what it is given. */
function scripted(...replies: (readonly number[] | undefined)[]): I2c {
  return {
    write: (address) => (address === 0 ? ADDRESS_NACK : ACK),
    read: () => {
      const reply = replies.shift();
      return reply && Uint8Array.from(reply);
    },
    readyAt: () => undefined,
  };
}

function linesOf(act: (bus: I2c, tick: () => void) => void, ...replies: (readonly number[] | undefined)[]): string[] {
  const lines: string[] = [];
  let now = 0;
  const bus = transcribed(
    scripted(...replies),
    'i2c1',
    new Map([[0x60, atecc608Decoder]]),
    { now: () => now },
    (line) => lines.push(line),
  );
  act(bus, () => {
    now += 1.5;
  });
  return lines;
}

it('writes a reply that is read in two pieces as one line at the time of the first, decoded', () => {
  const lines = linesOf(
    (bus, tick) => {
      bus.write(0, new Uint8Array(0));
      tick();
      bus.read(0x60, 1, false);
      tick();
      bus.read(0x60, 3);
      tick();
      bus.write(0x60, Uint8Array.of(2));
    },
    [0x04],
    [0x0f, 0x83, 0x44],
  );
  expect(lines).toEqual([
    'i2c1 0.000 W 00 NACK',
    'i2c1 1.500 R 60 04 0F 83 44 ; status 0F ExecutionError',
    'i2c1 4.500 W 60 02 ; idle',
  ]);
});

it('writes a read that is not gone on with, and polls that nobody acknowledges, each for itself', () => {
  const lines = linesOf(
    (bus) => {
      bus.read(0x60, 1, false);
      bus.read(0x60, 1, false);
      bus.write(0x60, Uint8Array.of(2));
    },
    undefined,
    [0x07],
  );
  expect(lines).toEqual(['i2c1 0.000 R 60 NACK +', 'i2c1 0.000 R 60 07 +', 'i2c1 0.000 W 60 02 ; idle']);
});

it('writes a read that the chip stops answering halfway as what came, and the NACK', () => {
  const lines = linesOf(
    (bus, tick) => {
      bus.read(0x60, 1, false);
      tick();
      bus.read(0x60, 3);
    },
    [0x04],
    undefined,
  );
  expect(lines).toEqual(['i2c1 0.000 R 60 04 +', 'i2c1 1.500 R 60 NACK']);
});
