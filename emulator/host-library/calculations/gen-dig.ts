import { OPCODE } from '../../atecc608/index.ts';
import { type AteccDriver, NO_DATA } from '../driver/index.ts';
import { messageBlock, type SerialNumber, type Sha256 } from './digests.ts';

/** What GenDig can mix into TempKey, and what a host that follows must know of it. */
export type DigestSource =
  /** `value`: the 32 bytes of the block. */
  | { readonly zone: 'config' | 'otp'; readonly block: number; readonly value: Uint8Array }
  /** `value`: the slot's first 32 bytes. `otherData`: the host's own 4 bytes, which a slot with NoMac asks for. */
  | { readonly zone: 'data'; readonly slot: number; readonly value: Uint8Array; readonly otherData?: Uint8Array }
  /** `value`: 32 bytes of the host; `last` puts them behind TempKey. */
  | { readonly zone: 'sharedNonce'; readonly value: Uint8Array; readonly last?: boolean }
  | { readonly zone: 'counter'; readonly index: 0 | 1; readonly value: number }
  /** SlotConfig and KeyConfig as numbers: their bytes are little-endian. */
  | {
      readonly zone: 'keyConfig';
      readonly slot: number;
      readonly slotConfig: number;
      readonly keyConfig: number;
      readonly locked: boolean;
    };

const ZONES = { config: 0, otp: 1, data: 2, sharedNonce: 3, counter: 4, keyConfig: 5 } as const;
const TEMP_KEY_FIRST = 0x8000;
const ZEROS = new Uint8Array(32);

/** TempKey after GenDig of `source`, where it held `tempKey` before. */
export function genDigDigest(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  source: DigestSource,
  tempKey: Uint8Array,
): Uint8Array {
  const seed = tempKey.subarray(0, 32);
  const block = messageBlock(serialNumber, [OPCODE.GenDig, ZONES[source.zone], keyIdOf(source) & 0xff, 0x00]);
  const view = new DataView(block.buffer);
  switch (source.zone) {
    case 'data':
      if (source.otherData !== undefined) block.set(source.otherData);
      return sha256(source.value, block, seed);
    case 'sharedNonce':
      return source.last ? sha256(seed, block, source.value) : sha256(source.value, block, seed);
    case 'counter':
      view.setUint32(8, source.value, true);
      return sha256(ZEROS, block, seed);
    case 'keyConfig':
      view.setUint16(8, source.slotConfig, true);
      view.setUint16(10, source.keyConfig, true);
      block[12] = source.locked ? 0x00 : 0x01;
      return sha256(ZEROS, block, seed);
    default:
      return sha256(source.value, block, seed);
  }
}

/** What a host needs to follow a digest: `AteccHost` has it. */
export interface DigestHost {
  readonly driver: Pick<AteccDriver, 'request'>;
  readonly crypto: Sha256;
  readonly serialNumber: SerialNumber;
}

/** GenDig; returns what TempKey holds then, as the host computes it from what it held before. */
export function chipGenDig(host: DigestHost, source: DigestSource, tempKey: Uint8Array): Uint8Array {
  host.driver.request(OPCODE.GenDig, ZONES[source.zone], keyIdOf(source), dataOf(source), 0);
  return genDigDigest(host.crypto, host.serialNumber, source, tempKey);
}

function keyIdOf(source: DigestSource): number {
  switch (source.zone) {
    case 'config':
    case 'otp':
      return source.block;
    case 'data':
    case 'keyConfig':
      return source.slot;
    case 'counter':
      return source.index;
    case 'sharedNonce':
      return source.last ? TEMP_KEY_FIRST : 0;
  }
}

function dataOf(source: DigestSource): Uint8Array {
  if (source.zone === 'sharedNonce') return source.value;
  return source.zone === 'data' ? (source.otherData ?? NO_DATA) : NO_DATA;
}
