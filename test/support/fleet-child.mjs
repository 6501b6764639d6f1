// A process to be killed: `node fleet-child.mjs create|run DIRECTORY COUNT`. Says on stdout, each line written before it goes on:
//   begin SERIAL HASH     a commit of this memory begins
//   end SERIAL HASH       it lasts
//   released SERIAL HASH  the host has read the chip's reply to the command that left this memory
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { ATECC608_ADDRESS, Atecc608 } from '../../dist/emulator/atecc608/index.js';
import { ManualClock, TaskClock } from '../../dist/emulator/clock/index.js';
import { nodeCrypto } from '../../dist/emulator/crypto/index.js';
import { AteccDriver, dataAddress } from '../../dist/emulator/host-library/index.js';
import { I2cBus, i2cController, settled } from '../../dist/emulator/i2c/index.js';
import { rootRng } from '../../dist/emulator/rng/index.js';
import { ChipStore } from '../../dist/src/store/chip-store.js';
import { beginRun, PersistentFleet } from '../../dist/src/store/index.js';

const [mode, directory, count] = process.argv.slice(2);

function say(event, serialNumber, memory) {
  const hash = createHash('sha256').update(memory).digest('hex');
  writeSync(1, `${event} ${Buffer.from(serialNumber).toString('hex')} ${hash}\n`);
}

const { add, commit } = ChipStore.prototype;
ChipStore.prototype.add = function (devices) {
  for (const { serialNumber, memory } of devices) say('begin', serialNumber, memory);
  add.call(this, devices);
  for (const { serialNumber, memory } of devices) say('end', serialNumber, memory);
};
ChipStore.prototype.commit = async function (serialNumber, memory) {
  const written = memory.slice();
  say('begin', serialNumber, written);
  await commit.call(this, serialNumber, memory);
  say('end', serialNumber, written);
};

/** What the firmware does in every handshake: a new IO protection key, written to slot 4 in clear. */
async function writeForever(fleet, root, device) {
  const rng = root.fork('device', device.index);
  const clock = new TaskClock(new ManualClock());
  const chip = new Atecc608({ memory: device.memory, crypto: nodeCrypto, rng, clock, executionTimes: 'none' });
  const bus = i2cController(new I2cBus().attach(ATECC608_ADDRESS, chip), clock, 'fast');
  const durable = fleet.durableFor(device.serialNumber)(chip, bus);
  const driver = new AteccDriver(durable);
  for (;;) {
    await settled(durable, () => driver.write('data', dataAddress(4), driver.random()));
    say('released', device.serialNumber, device.memory);
  }
}

if (mode === 'run') {
  const fleet = await PersistentFleet.open(directory);
  const root = rootRng(await beginRun(directory));
  await Promise.all(fleet.devices.map((device) => writeForever(fleet, root, device)));
} else {
  const { createFleet } = await import('../../dist/src/store/index.js');
  const { createCa } = await import('../../dist/src/factory/index.js');
  const { loadProfile } = await import('../../dist/src/profile/index.js');
  const profile = loadProfile('esp32-mqtts');
  const now = new Date();
  const rng = rootRng('fleet-child');
  await createFleet({
    directory,
    count: Number(count),
    profile,
    seed: 'fleet-child',
    entropy: new Uint8Array(32),
    ca: () => createCa({ rng, now, names: profile.certificates }),
    now,
    signal: new AbortController().signal,
    workers: 1,
  });
}
