import { OPCODE } from '../../emulator/atecc608/index.ts';
import type { ChipCommand } from './atecc608-arbitraries.ts';

const names = new Map<number, string>(Object.entries(OPCODE).map(([name, opcode]) => [opcode, name]));

const TEMP_KEY = 0xffff;
const ALGORITHMS = ['PRF', 'AES', 'HKDF'];
const SOURCES = ['TempKey', 'TempKey upper', 'slot', 'buffer'];
const TARGETS = ['TempKey', 'TempKey upper', 'slot', 'Alternate Key Buffer', 'output', 'encrypted output'];
const HKDF_MESSAGES = ['slot', 'TempKey', 'input', 'IV'];

/** A command's name and its mode as `MODES` has it; `memory` is the chip's, whose SlotConfig tells some modes apart. */
export function labelsOf(command: ChipCommand, memory: Uint8Array): string[] {
  const name = names.get(command.opcode) ?? `opcode ${hexByte(command.opcode)}`;
  return [name, ...modesOf(name, command, memory).map((mode) => `${name} ${mode}`)];
}

function modesOf(name: string, { param1, param2, data }: ChipCommand, memory: Uint8Array): string[] {
  const mode = hexByte(param1);
  const slotConfig = (slot: number) => (memory[20 + 2 * slot] as number) | ((memory[21 + 2 * slot] as number) << 8);
  switch (name) {
    case 'Read':
      return [param1 === 0x82 && slotConfig((param2 >> 3) & 15) & 0x80 ? `${mode} encrypted` : mode];
    case 'Write':
      return [param1 === 0x82 && data.length >= 64 ? `${mode} MAC` : mode];
    case 'Nonce':
      return [param1 < 2 && param2 === 0x8000 ? `${mode} calculated` : mode];
    case 'Lock':
      return [(param1 & 0x43) === 0x02 ? '02' : mode];
    case 'Info':
      return [param1 === 4 && param2 & 2 ? `${mode} write` : mode];
    case 'GenKey':
      return [param1 === 4 && param2 === TEMP_KEY ? `${mode} TempKey` : mode];
    case 'SHA':
      return [param1 === 4 && param2 === TEMP_KEY ? `${mode} TempKey` : mode];
    case 'AES':
      return [(param1 & 0x3f) < 2 && param2 === TEMP_KEY ? `${mode} TempKey` : mode];
    case 'ECDH':
      return [param1 === 0 && slotConfig(param2 & 15) & 8 ? `${mode} slot` : mode];
    case 'DeriveKey': {
      const making = slotConfig(param2 & 15) & 0x1000 ? 'create' : 'roll';
      return [`${mode} ${making}${data.length >= 32 ? ' MAC' : ''}`];
    }
    case 'KDF':
      return kdfModes(param1, data);
    default:
      return [mode];
  }
}

function kdfModes(mode: number, data: Uint8Array): string[] {
  const [algorithm, target] = [ALGORITHMS[mode >> 5], TARGETS[(mode >> 2) & 7]];
  if (algorithm === undefined || target === undefined) return [hexByte(mode)];
  const modes = [`${algorithm} ${SOURCES[mode & 3]} to ${target}`];
  if (algorithm === 'PRF' && (data[1] as number) & 0x02) modes.push('PRF split');
  if (algorithm === 'HKDF') modes.push(`HKDF message ${HKDF_MESSAGES[(data[0] as number) & 3]}`);
  return modes;
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
