// Loaded before `emu` with --import: no commit of the fleet's store ends in the two seconds after the first one. Says so on stderr.
import { ChipStore } from '../../dist/src/store/chip-store.js';

const SLOW_MS = 2000;
const { commit } = ChipStore.prototype;
let slowUntil;
ChipStore.prototype.commit = async function (serialNumber, memory) {
  await commit.call(this, serialNumber, memory);
  // However long it took by itself.
  slowUntil ??= performance.now() + SLOW_MS;
  const left = slowUntil - performance.now();
  if (left <= 0) return;
  process.stderr.write(`a commit takes ${Math.round(left)} ms\n`);
  await new Promise((resolve) => setTimeout(resolve, left));
};
