import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { GEN_KEY_ALLOWED, KEY_CONFIG } from '../config-layout.ts';
import { passesHealthTest } from '../health-test.ts';
import { messageBlock } from '../messages.ts';
import { OPCODE, TEMP_KEY } from '../opcodes.ts';
import { isPrivateKey, isPublicKey, keyConfigOf, publicKeyOf, scalarOf, slotConfigOf, storeScalar } from '../slots.ts';
import { type ChipState, SOURCE, tempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isConfigLocked, isDataLocked, isSlot, isSlotLocked } from '../zones.ts';

const CREATE = 0x04;
const DIGEST = 0x08;
const STORED_DIGEST = 0x10;
const OTHER_DATA_SIZE = 3;

/** Makes a private key, answers the public key of one, or mixes a public key into TempKey. */
export const genKey: Command = {
  opcode: OPCODE.GenKey,
  name: 'GenKey',
  lengths: [0, OTHER_DATA_SIZE],
  executionTime: [115, 215, 653],
  execute(chip, mode, keyId, otherData) {
    const stored = mode === STORED_DIGEST;
    if (!stored && (mode & ~(CREATE | DIGEST)) !== 0) return STATUS.ParseError;
    if (otherData.length !== (stored ? OTHER_DATA_SIZE : 0)) return STATUS.ParseError;
    const toTempKey = keyId === TEMP_KEY && mode === CREATE;
    if (!toTempKey && !isSlot(keyId)) return STATUS.ParseError;
    if (!isConfigLocked(chip.memory)) return STATUS.ExecutionError;
    if (toTempKey) return passesHealthTest(chip) ? createInTempKey(chip) : STATUS.HealthTestFailure;
    if (stored) return digestStoredKey(chip, keyId, otherData);
    return fromPrivateKey(chip, mode, keyId);
  },
};

interface KeyPair {
  readonly scalar: Uint8Array;
  readonly point: Uint8Array;
}

function createKeyPair({ crypto, rng }: ChipState): KeyPair {
  for (;;) {
    const scalar = rng.bytes(32);
    const point = crypto.publicKey(scalar);
    if (point !== undefined) return { scalar, point };
  }
}

/** A key for one ECDH: it lives until that, or until anything else claims TempKey. */
function createInTempKey(chip: ChipState): Uint8Array {
  const { scalar, point } = createKeyPair(chip);
  chip.tempKey = tempKey(scalar, SOURCE.Random, true);
  return point;
}

function fromPrivateKey(chip: ChipState, mode: number, slot: number): Status | Uint8Array {
  const { memory } = chip;
  if (!isPrivateKey(memory, slot)) return STATUS.ExecutionError;
  const allowed = mode & CREATE ? mayCreate(memory, slot) : has(keyConfigOf(memory, slot), KEY_CONFIG.pubInfo);
  if (!allowed || (mode & DIGEST && !canDigest(chip))) return STATUS.ExecutionError;
  let point: Uint8Array | undefined;
  if (mode & CREATE) {
    if (!passesHealthTest(chip)) return STATUS.HealthTestFailure;
    const pair = createKeyPair(chip);
    storeScalar(chip, slot, pair.scalar);
    point = pair.point;
  } else {
    point = chip.crypto.publicKey(scalarOf(memory, slot));
    if (point === undefined) return STATUS.EccFault;
  }
  if (mode & DIGEST) digest(chip, slot, Uint8Array.of(mode, slot, 0x00), point);
  return point;
}

function digestStoredKey(chip: ChipState, slot: number, otherData: Uint8Array): Status {
  if (!isPublicKey(chip.memory, slot) || !canDigest(chip)) return STATUS.ExecutionError;
  digest(chip, slot, otherData, publicKeyOf(chip.memory, slot));
  return STATUS.Success;
}

/** WriteConfig counts only once the data zone is locked; a locked slot never changes. */
function mayCreate(memory: Uint8Array, slot: number): boolean {
  if (isSlotLocked(memory, slot)) return false;
  return !isDataLocked(memory) || has(slotConfigOf(memory, slot), GEN_KEY_ALLOWED);
}

function canDigest({ tempKey }: ChipState): boolean {
  return tempKey !== undefined && !tempKey.privateKey;
}

/** TempKey = SHA-256(TempKey || 40 || mode, key id or OtherData || SN[8] || SN[0:1] || 25 × 00 || X || Y). */
function digest(chip: ChipState, slot: number, three: Uint8Array, point: Uint8Array): void {
  const previous = chip.tempKey;
  if (previous === undefined) return;
  const block = messageBlock(chip.memory, [OPCODE.GenKey, ...three]);
  const value = chip.crypto.sha256(previous.value.subarray(0, 32), block, point);
  const { sourceFlag, noMacFlag } = previous;
  chip.tempKey = { ...tempKey(value, sourceFlag), keyId: slot, genKeyData: true, noMacFlag };
}
