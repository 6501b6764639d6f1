import { crc32 } from 'node:zlib';
import { MEMORY_SIZE } from '../../emulator/atecc608/index.ts';

const CHECK_SIZE = 4;

/** A chip's memory as it is stored: the bytes, and a CRC-32 behind them that detects damage. */
export function encodeRecord(memory: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(MEMORY_SIZE + CHECK_SIZE);
  record.set(memory);
  record.writeUInt32LE(crc32(memory), MEMORY_SIZE);
  return record;
}

/** A copy of the memory; undefined when the record is none. */
export function decodeRecord(record: Uint8Array): Uint8Array | undefined {
  if (record.length !== MEMORY_SIZE + CHECK_SIZE) return undefined;
  const memory = Uint8Array.from(record.subarray(0, MEMORY_SIZE));
  const check = new DataView(record.buffer, record.byteOffset).getUint32(MEMORY_SIZE, true);
  return check === crc32(memory) ? memory : undefined;
}
