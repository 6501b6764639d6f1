import { expect, test } from 'vitest';
import { ATECC608_ADDRESS, Atecc608, decodeConfig } from '../../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { AteccDriver, definitionFrom } from '../../../emulator/host-library/index.ts';
import { FaultyBus, type I2c, I2cBus, i2cController, Recorder } from '../../../emulator/i2c/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { Bench, makeFleet } from '../factory/fleet.ts';

/** Hands on what it is given in one buffer of node's, which it wipes afterwards: Buffer.slice makes no copy. */
function reusing(bus: I2c): I2c {
  const buffer = Buffer.alloc(200);
  return {
    write(address, bytes, stop) {
      buffer.set(bytes);
      const result = bus.write(address, buffer.subarray(0, bytes.length), stop);
      buffer.fill(0);
      return result;
    },
    read: (address, length, stop) => bus.read(address, length, stop),
    readyAt: (address) => bus.readyAt(address),
  };
}

test('a chip, a recorder and a bus with faults keep no byte of a buffer that is only lent', () => {
  const { memory } = makeFleet('borrowed').factory.provisionDevice(0);
  const clock = new TaskClock(new ManualClock());
  const rng = rootRng('borrowed');
  const chip = new Atecc608({ memory, crypto: nodeCrypto, rng, clock, executionTimes: 'none' });
  const recorder = new Recorder(new FaultyBus(new I2cBus().attach(ATECC608_ADDRESS, chip), clock, rng.fork('faults')));
  const driver = new AteccDriver(i2cController(reusing(recorder), clock, 'fast'));
  const digest = nodeCrypto.sha256(Buffer.from('hello'));
  driver.nonce(digest);
  const signature = driver.sign(0xa0, 0);
  expect(nodeCrypto.verifyDigest(driver.genKey(0x00, 0), digest, signature)).toBe(true);
  const nonce = recorder.transactions.find(({ kind, bytes }) => kind === 'write' && bytes[2] === 0x16);
  expect(Buffer.from(nonce?.bytes.subarray(6, 38) ?? []).toString('hex')).toBe(Buffer.from(digest).toString('hex'));
});

test("a memory that is a Buffer stays the chip's own memory, and what is sliced of it is a copy", () => {
  const memory = Buffer.from(makeFleet('borrowed').factory.provisionDevice(0).memory);
  const { driver, chip } = new Bench(memory);
  const before = chip.memory.slice();
  driver.write('data', 4 << 3, new Uint8Array(32).fill(0x5a));
  expect(memory.equals(chip.memory)).toBe(true);
  expect(memory.equals(before)).toBe(false);
});

test('a configuration that was read from a Buffer does not change with it', () => {
  const memory = Buffer.from(makeFleet('borrowed').factory.provisionDevice(0).memory);
  const { revNum, kdfIvStr } = decodeConfig(memory);
  const read = [...revNum, ...kdfIvStr];
  memory.fill(0xa5);
  expect([...revNum, ...kdfIvStr]).toEqual(read);
});

test('a definition keeps a copy of its certificate', () => {
  const der = Buffer.from(makeFleet('borrowed').ca.signer.der);
  const { template } = definitionFrom(der, 'signer');
  const before = [...template];
  der.fill(0);
  expect([...template]).toEqual(before);
});
