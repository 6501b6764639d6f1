import { Sha256 } from '../../crypto/index.ts';
import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { SLOT_CONFIG } from '../config-layout.ts';
import { countUse, macKeyOf, temporaryMacKeyOf } from '../key-use.ts';
import { OPCODE, TEMP_KEY } from '../opcodes.ts';
import { isPublicKey, publicKeyOf, slotConfigOf } from '../slots.ts';
import { type ChipState, tempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isDataLocked, isSlot } from '../zones.ts';

const MODE = 0x07;
const START = 0;
const UPDATE = 1;
const END = 2;
const PUBLIC = 3;
const HMAC_START = 4;
const READ_CONTEXT = 6;
const WRITE_CONTEXT = 7;

const TARGET = 0xc0; // of End alone; the digest goes out whatever it is
const TO_TEMP_KEY = 0x00;
const TO_MESSAGE_DIGEST_BUFFER = 0x40;
const TO_OUTPUT = 0xc0;

const BLOCK_SIZE = 64;
const MAX_DATA = 144; // what the longest packet holds
const WORDS_SIZE = 32;
const MAX_LENGTH = 0xffff_ffff; // the context has 32 bits for it

const IPAD = 0x36;
const OPAD = 0x5c;

/**
 * SHA-256 and HMAC over as many commands as the host likes. The context outlives other commands, idle and refusals; it
 * ends with its digest, with a new start or with sleep. Mode 5 ended an HMAC on the ATECC508A; here mode 2 ends both.
 *
 * Quirk: an update that announces 64 bytes, the only length on the ATECC508A, may bring fewer, and is of those. So Adafruit's
 * CircuitPython library sends every update, and users printed the right digests from real parts.
 */
export const sha: Command = {
  opcode: OPCODE.SHA,
  name: 'SHA',
  lengths: Array.from({ length: MAX_DATA + 1 }, (_, length) => length),
  executionTime: [36, 42, 75],
  execute(chip, mode, param2, data) {
    const operation = mode & MODE;
    if (mode & ~(operation === END ? MODE | TARGET : MODE)) return STATUS.ParseError;
    const takesData = operation === UPDATE || operation === END || operation === WRITE_CONTEXT;
    const isShortBlock = operation === UPDATE && param2 === BLOCK_SIZE && data.length < BLOCK_SIZE;
    if (data.length !== (takesData ? param2 : 0) && !isShortBlock) return STATUS.ParseError;
    switch (operation) {
      case START:
        if (param2 !== 0) return STATUS.ParseError;
        chip.sha = { hash: new Sha256(), hmacKey: undefined };
        return STATUS.Success;
      case UPDATE:
        return update(chip, data);
      case END:
        return end(chip, mode & TARGET, data);
      case PUBLIC:
        return addPublicKey(chip, param2);
      case HMAC_START:
        return startHmac(chip, param2);
      case READ_CONTEXT:
        return param2 === 0 ? readContext(chip) : STATUS.ParseError;
      case WRITE_CONTEXT:
        return writeContext(chip, data);
      default:
        return STATUS.ParseError;
    }
  },
};

function update({ sha }: ChipState, data: Uint8Array): Status {
  if (sha === undefined || sha.hash.length + data.length > MAX_LENGTH) return STATUS.ExecutionError;
  sha.hash.update(data);
  return STATUS.Success;
}

function end(chip: ChipState, target: number, data: Uint8Array): Status | Uint8Array {
  const { sha } = chip;
  if (data.length > BLOCK_SIZE) return STATUS.ParseError;
  if (target !== TO_TEMP_KEY && target !== TO_MESSAGE_DIGEST_BUFFER && target !== TO_OUTPUT) return STATUS.ParseError;
  const status = update(chip, data);
  if (sha === undefined || status !== STATUS.Success) return status;
  const inner = sha.hash.digest();
  const digest = sha.hmacKey === undefined ? inner : chip.crypto.sha256(padKey(sha.hmacKey, OPAD), inner);
  chip.sha = undefined;
  if (target === TO_TEMP_KEY) chip.tempKey = tempKey(digest, chip.unspecifiedBehaviour.resultSourceFlag);
  if (target === TO_MESSAGE_DIGEST_BUFFER) chip.messageDigestBuffer = digest;
  return digest;
}

/** X||Y of a public key that the host could as well read: after the data lock, from a slot that is no secret. */
function addPublicKey(chip: ChipState, slot: number): Status {
  const { memory } = chip;
  if (!isSlot(slot)) return STATUS.ParseError;
  const secret = has(slotConfigOf(memory, slot), SLOT_CONFIG.isSecret);
  if (!isDataLocked(memory) || !isPublicKey(memory, slot) || secret) return STATUS.ExecutionError;
  return update(chip, publicKeyOf(memory, slot));
}

/** RFC 2104 with a key of 32 bytes, from a slot or from TempKey, which stays. */
function startHmac(chip: ChipState, keyId: number): Status {
  if (keyId !== TEMP_KEY && !isSlot(keyId)) return STATUS.ParseError;
  const key = keyId === TEMP_KEY ? temporaryMacKeyOf(chip) : macKeyOf(chip, keyId);
  if (key === undefined) return STATUS.ExecutionError;
  const hmacKey = key.slice(0, 32);
  if (keyId !== TEMP_KEY) countUse(chip, keyId);
  const hash = new Sha256();
  hash.update(padKey(hmacKey, IPAD));
  chip.sha = { hash, hmacKey };
  return STATUS.Success;
}

function padKey(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(BLOCK_SIZE).fill(pad);
  for (let index = 0; index < key.length; index++) block[index] = (key[index] as number) ^ pad;
  return block;
}

/** Length and words little-endian, then the bytes that wait for their block. That of an HMAC would give its key away. */
function readContext({ sha, unspecifiedBehaviour }: ChipState): Status | Uint8Array {
  if (sha === undefined || sha.hmacKey !== undefined) return STATUS.ExecutionError;
  const { words, length, pending } = sha.hash;
  const head = unspecifiedBehaviour.shaContextHead;
  const context = new Uint8Array(head + pending.length);
  const view = new DataView(context.buffer);
  view.setUint32(0, length, true);
  const at = head - WORDS_SIZE;
  for (let index = 0; index < words.length; index++) view.setUint32(at + 4 * index, words[index] as number, true);
  context.set(pending, head);
  return context;
}

function writeContext(chip: ChipState, context: Uint8Array): Status {
  const head = chip.unspecifiedBehaviour.shaContextHead;
  if (context.length < head) return STATUS.ParseError;
  const view = new DataView(context.buffer, context.byteOffset);
  const length = view.getUint32(0, true);
  if (context.length !== head + (length % BLOCK_SIZE)) return STATUS.ParseError;
  const at = head - WORDS_SIZE;
  // A length of eight bytes has an upper half, which no hash here reaches.
  if (at > 4 && view.getUint32(4, true) !== 0) return STATUS.ParseError;
  const words = Int32Array.from({ length: 8 }, (_, index) => view.getUint32(at + 4 * index, true));
  chip.sha = { hash: new Sha256(words, length, context.subarray(head)), hmacKey: undefined };
  return STATUS.Success;
}
