import { isSame } from '../../crypto/index.ts';
import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, SECURE_BOOT } from '../config-layout.ts';
import { ioProtectionKey } from '../io-protection.ts';
import { countUse, mayUseKey } from '../key-use.ts';
import { slotOffset, slotSize, uint16At } from '../memory.ts';
import { commandBytes, xor } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivate, isUsablePublicKey, publicKeyOf, storeInSlot } from '../slots.ts';
import { type ChipState, inputTempKey, SOURCE } from '../state.ts';
import { STATUS } from '../status.ts';
import { BLOCK_SIZE, isDataLocked, isSlotLocked } from '../zones.ts';

const OPERATION = 0x07;
const FULL = 0x05;
const FULL_STORE = 0x06;
const FULL_COPY = 0x07;
const PROHIBIT = 0x40; // until the power goes
const ENCRYPTED = 0x80; // the digest comes encrypted and the answer has a MAC

/** What the configuration keeps of a verified image. */
const KEPT = { Nothing: 1, Signature: 2, Digest: 3 } as const;

const DIGEST_SIZE = 32;
const SIGNATURE_SIZE = 64;
const NO_SIGNATURE = new Uint8Array(0);

interface Boot {
  readonly kept: number;
  readonly digest: Uint8Array;
  /** As the command brings it; the stored one where FullStore brings none. Empty where a stored digest is compared. */
  readonly signature: Uint8Array;
}

/** Checks the digest of a host's code against a signature, or against what it stored of the last one. */
export const secureBoot: Command = {
  opcode: OPCODE.SecureBoot,
  name: 'SecureBoot',
  lengths: [DIGEST_SIZE, DIGEST_SIZE + SIGNATURE_SIZE],
  executionTime: [80, 160, 480],
  execute(chip, mode, param2, data) {
    const operation = mode & OPERATION;
    if (mode & ~(OPERATION | PROHIBIT | ENCRYPTED) || operation < FULL || param2 !== 0) return STATUS.ParseError;
    if (data.length !== (operation === FULL_STORE ? DIGEST_SIZE : DIGEST_SIZE + SIGNATURE_SIZE)) {
      return STATUS.ParseError;
    }
    const rules = uint16At(chip.memory, CONFIG.SecureBoot);
    const sessionKey = mode & ENCRYPTED ? bootSessionKey(chip) : undefined;
    if (!mayBoot(chip, rules, operation) || (mode & ENCRYPTED && sessionKey === undefined)) {
      return STATUS.ExecutionError;
    }
    const boot = bootOf(chip.memory, rules, operation, data, sessionKey);
    const isGood = check(chip, rules, boot);
    chip.tempKey = undefined;
    if (mode & PROHIBIT) chip.secureBootProhibited = true;
    if (!isGood) return STATUS.Miscompare;
    if (operation === FULL_COPY) {
      const slot = bits(rules, SECURE_BOOT.digestSlot);
      storeInSlot(chip, slot, slotOffset(slot), boot.kept === KEPT.Digest ? boot.digest : boot.signature);
    }
    if (has(rules, SECURE_BOOT.persistEnable)) chip.persistentLatch = true;
    if (sessionKey === undefined) return STATUS.Success;
    const tail = Uint8Array.from(commandBytes(OPCODE.SecureBoot, mode, param2));
    return chip.crypto.sha256(sessionKey, boot.digest, boot.signature, tail);
  },
};

/** SHA-256(IO protection key || TempKey). */
function bootSessionKey(chip: ChipState): Uint8Array | undefined {
  const ioKey = ioProtectionKey(chip.memory);
  const tempKey = inputTempKey(chip);
  if (ioKey === undefined || tempKey === undefined) return undefined;
  return chip.crypto.sha256(ioKey, tempKey.value.subarray(0, BLOCK_SIZE));
}

function mayBoot(chip: ChipState, rules: number, operation: number): boolean {
  const { memory } = chip;
  const kept = bits(rules, SECURE_BOOT.mode);
  if (kept === 0 || !isDataLocked(memory) || chip.secureBootProhibited) return false;
  if (has(rules, SECURE_BOOT.randNonce) && inputTempKey(chip)?.sourceFlag !== SOURCE.Random) return false;
  if (usesPublicKey(kept, operation)) {
    const key = bits(rules, SECURE_BOOT.publicKeySlot);
    if (!isUsablePublicKey(chip, key) || !mayUseKey(chip, key)) return false;
    if (!chip.crypto.isPoint(publicKeyOf(memory, key))) return false;
  }
  return operation === FULL || mayKeep(memory, rules, kept, operation === FULL_COPY);
}

/** Whether the slot that stores something of the image can: FullBoth stores nothing. */
function mayKeep(memory: Uint8Array, rules: number, kept: number, writes: boolean): boolean {
  const slot = bits(rules, SECURE_BOOT.digestSlot);
  const size = kept === KEPT.Digest ? DIGEST_SIZE : SIGNATURE_SIZE;
  if (kept === KEPT.Nothing || isPrivate(memory, slot) || slotSize(slot) < size) return false;
  return !(writes && isSlotLocked(memory, slot));
}

function usesPublicKey(kept: number, operation: number): boolean {
  return operation !== FULL_STORE || kept === KEPT.Signature;
}

function bootOf(
  memory: Uint8Array,
  rules: number,
  operation: number,
  data: Uint8Array,
  sessionKey: Uint8Array | undefined,
): Boot {
  const kept = bits(rules, SECURE_BOOT.mode);
  const sent = data.subarray(0, DIGEST_SIZE);
  const digest = sessionKey === undefined ? sent : xor(sent, sessionKey);
  if (operation !== FULL_STORE) return { kept, digest, signature: data.subarray(DIGEST_SIZE) };
  const at = slotOffset(bits(rules, SECURE_BOOT.digestSlot));
  return { kept, digest, signature: kept === KEPT.Digest ? NO_SIGNATURE : memory.slice(at, at + SIGNATURE_SIZE) };
}

function check(chip: ChipState, rules: number, { digest, signature }: Boot): boolean {
  const { memory, crypto } = chip;
  if (signature.length === 0) {
    const at = slotOffset(bits(rules, SECURE_BOOT.digestSlot));
    return isSame(digest, memory.subarray(at, at + DIGEST_SIZE));
  }
  const key = bits(rules, SECURE_BOOT.publicKeySlot);
  countUse(chip, key);
  return crypto.verifyDigest(publicKeyOf(memory, key), digest, signature);
}
