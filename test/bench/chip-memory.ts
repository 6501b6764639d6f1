import { Atecc608, factoryMemory, OPCODE } from '../../emulator/atecc608/index.ts';
import { ManualClock } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { Host, packet, SERIAL_NUMBER } from '../support/atecc608.ts';
import { filled, zeros } from '../support/atecc608-messages.ts';
import { benchChip, KEY } from './chip-cases.ts';

/** What a chip takes in one state, in bytes of V8's heap and in buffers; what an allocator adds is not in it. */
export interface ChipMemory {
  readonly state: string;
  readonly bytes: number;
}

/** Collects what has just become garbage, or all of it. Throws where node does not run with `--expose-gc`. */
export function collectGarbage(type: 'minor' | 'major'): void {
  if (globalThis.gc === undefined) throw new Error('run it as node --expose-gc');
  globalThis.gc({ type });
}

function bytesInUse(): number {
  // More than once, since what one finds dead may hold more, and buffers go behind it.
  for (let time = 0; time < 4; time++) collectGarbage('major');
  // `external` includes the array buffers.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Everything that is a chip's own: its memory, its branch of randomness and itself. */
function freshChips(count: number): Atecc608[] {
  const [root, clock] = [rootRng('chip memory'), new ManualClock()];
  return Array.from(
    { length: count },
    (_, k) =>
      new Atecc608({
        memory: factoryMemory({ serialNumber: SERIAL_NUMBER }),
        crypto: nodeCrypto,
        rng: root.fork('device', k),
        clock,
        executionTimes: 'none',
      }),
  );
}

/** Nonce and GenDig, as before every encrypted transfer. */
function loadTempKey(chip: Atecc608): void {
  const host = new Host(chip);
  host.command(OPCODE.Nonce, 0x00, 0, zeros(20));
  if (host.status(OPCODE.GenDig, 0x02, KEY) !== 0) throw new Error('the chip refused GenDig');
}

/** TempKey, Message Digest Buffer and Alternate Key Buffer, an HMAC under way, and the start of a packet. */
function fillRegisters(chip: Atecc608): void {
  const host = new Host(chip);
  const statuses = [
    host.status(OPCODE.Nonce, 0x23, 0, filled(1, 64)),
    host.status(OPCODE.Nonce, 0x63, 0, filled(2, 64)),
    host.status(OPCODE.Nonce, 0x83, 0, filled(3)),
    host.status(OPCODE.SHA, 0x04, 0xffff),
    host.status(OPCODE.SHA, 0x01, 20, filled(4, 20)),
  ];
  if (statuses.some((status) => status !== 0)) throw new Error(`the chip refused: ${statuses}`);
  chip.generalCall();
  chip.write(Uint8Array.of(0x03, ...packet(OPCODE.SHA, 0x01, 64, filled(4, 64)).subarray(0, 70)));
}

/** The memory of each of `count` chips, fresh from the factory, in use, and with nothing in it empty. */
export function chipMemory(count: number): ChipMemory[] {
  const locked = benchChip(nodeCrypto).chip.memory;
  // Code and constants are not the chips'.
  for (const chip of freshChips(100)) {
    chip.memory.set(locked);
    loadTempKey(chip);
    fillRegisters(chip);
  }
  const before = bytesInUse();
  const chips = freshChips(count);
  // By their own number, so that they are alive until then.
  const each = (state: string): ChipMemory => ({ state, bytes: (bytesInUse() - before) / chips.length });
  const result = [each('fresh from the factory')];
  for (const chip of chips) {
    chip.memory.set(locked);
    loadTempKey(chip);
  }
  result.push(each('locked, awake, TempKey loaded'));
  for (const chip of chips) fillRegisters(chip);
  result.push(each('every register full'));
  return result;
}
