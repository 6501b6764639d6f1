// `emu` in a process to be killed: `node azure-run-child.mjs run --fleet DIRECTORY …`. Says on stderr, each line written before it goes on:
//   begin SERIAL HASH     a commit of this memory begins
//   end SERIAL HASH       it lasts
//   released SERIAL HASH  the microcontroller goes on with what the chip answered when it had this memory
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { ChipStore } from '../../dist/src/store/chip-store.js';
import { PersistentFleet } from '../../dist/src/store/index.js';

function say(event, serialNumber, memory) {
  const hash = createHash('sha256').update(memory).digest('hex');
  writeSync(2, `${event} ${Buffer.from(serialNumber).toString('hex')} ${hash}\n`);
}

const { commit } = ChipStore.prototype;
ChipStore.prototype.commit = async function (serialNumber, memory) {
  const written = memory.slice();
  say('begin', serialNumber, written);
  await commit.call(this, serialNumber, memory);
  say('end', serialNumber, written);
};

const { durableFor } = PersistentFleet.prototype;
PersistentFleet.prototype.durableFor = function (serialNumber) {
  const keep = durableFor.call(this, serialNumber);
  return (chip, controller) => {
    const durable = keep(chip, controller);
    const { settle } = durable;
    durable.settle = () => {
      const written = chip.memory.slice();
      const settling = settle.call(durable);
      return settling?.then(() => say('released', serialNumber, written));
    };
    return durable;
  };
};

await import('../../dist/src/cli/emu.js');
