import { crc32 } from 'node:zlib';
import { MEMORY_SIZE } from '../../emulator/atecc608/index.ts';
import type { DeviceIdentity } from '../factory/index.ts';

/** What a store says of itself. */
export interface Facts {
  /** The fleet's id, as fleet.yaml has it. */
  readonly fleet: string;
  /** How many runs have begun. */
  readonly runs: number;
}

/** The one key in the tree of facts. */
export const FACTS = 'facts';

const CHECK_SIZE = 4;
const SERIAL_SIZE = 9;
const TAIL_SIZE = 3;

/** A chip's memory, under its serial number. */
export function encodeMemory(serialNumber: Uint8Array, memory: Uint8Array): Buffer {
  return sealed(serialNumber, memory);
}

/** A copy of the memory; undefined when the record is damaged. */
export function decodeMemory(serialNumber: Uint8Array, record: Uint8Array): Uint8Array | undefined {
  const memory = contentsOf(serialNumber, record);
  return memory?.length === MEMORY_SIZE ? memory : undefined;
}

/** Serial number and MAC tail, under the device's number. */
export function encodeIdentity({ index, serialNumber, macTail }: Omit<DeviceIdentity, 'commonName'>): Buffer {
  return sealed(numberKey(index), Buffer.concat([serialNumber, macTail]));
}

/** Undefined when the record is damaged. */
export function decodeIdentity(index: number, record: Uint8Array): DeviceIdentity | undefined {
  const contents = contentsOf(numberKey(index), record);
  if (contents?.length !== SERIAL_SIZE + TAIL_SIZE) return undefined;
  const serialNumber = contents.slice(0, SERIAL_SIZE);
  const commonName = Buffer.from(serialNumber).toString('hex');
  return { index, serialNumber, macTail: contents.slice(SERIAL_SIZE), commonName };
}

export function encodeFacts(facts: Facts): Buffer {
  return sealed(Buffer.from(FACTS), Buffer.from(JSON.stringify(facts)));
}

/** Undefined when the record is damaged. */
export function decodeFacts(record: Uint8Array): Facts | undefined {
  const contents = contentsOf(Buffer.from(FACTS), record);
  return contents && (JSON.parse(Buffer.from(contents).toString()) as Facts);
}

/** The bytes, and behind them a CRC-32 of their key and them: it detects damage of either, and a record under a wrong key. */
export function sealed(key: Uint8Array, contents: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(contents.length + CHECK_SIZE);
  record.set(contents);
  record.writeUInt32LE(checkOf(key, contents), contents.length);
  return record;
}

/** Undefined when the record is damaged. */
export function contentsOf(key: Uint8Array, record: Uint8Array): Uint8Array | undefined {
  const length = record.length - CHECK_SIZE;
  if (length < 0) return undefined;
  const contents = Uint8Array.from(record.subarray(0, length));
  const check = new DataView(record.buffer, record.byteOffset).getUint32(length, true);
  return check === checkOf(key, contents) ? contents : undefined;
}

function checkOf(key: Uint8Array, contents: Uint8Array): number {
  return crc32(contents, crc32(key));
}

/** A number as LMDB has it for a key, on the little-endian machines that Node runs on. */
function numberKey(index: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, index, true);
  return key;
}
