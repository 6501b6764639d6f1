import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CHIP_OPTIONS, PRIVATE_KEY_USE } from '../config-layout.ts';
import { passesHealthTest } from '../health-test.ts';
import { encryptOutput, hasIoProtectionKey, PROTECTION, protectionOf } from '../io-protection.ts';
import { allowsPrivateKeys, countUse, mayUsePrivateKey } from '../key-use.ts';
import { slotOffset } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { scalarOf, slotConfigOf, storeInSlot, takesSecret } from '../slots.ts';
import { type ChipState, tempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isSlot } from '../zones.ts';

const FROM_TEMP_KEY = 0x01;
const ENCRYPT = 0x02;
const TARGET = 0x0c;
/** As on the ATECC508A: SlotConfig says whether the secret goes out or to slot N|1. */
const BY_SLOT_CONFIG = 0x00;
const TO_SLOT = 0x04;
const TO_TEMP_KEY = 0x08;
const TO_OUTPUT = 0x0c;

const POINT_SIZE = 64;

type Target = 'clear' | 'encrypted' | 'tempKey' | number;

/** The X coordinate of a private key times the peer's point, to the host, to TempKey or to a slot. */
export const ecdh: Command = {
  opcode: OPCODE.ECDH,
  name: 'ECDH',
  lengths: [POINT_SIZE],
  executionTime: [75, 172, 531],
  execute(chip, mode, keyId, peer) {
    const fromTempKey = (mode & FROM_TEMP_KEY) !== 0;
    const output = mode & TARGET;
    if (mode & ~(FROM_TEMP_KEY | ENCRYPT | TARGET)) return STATUS.ParseError;
    // Only the output buffer can be encrypted, and a key in TempKey has no SlotConfig to go by.
    if (mode & ENCRYPT && output !== TO_OUTPUT) return STATUS.ParseError;
    if (fromTempKey && output === BY_SLOT_CONFIG) return STATUS.ParseError;
    // The key id names the source slot or the target slot; otherwise it means nothing.
    if ((!fromTempKey || output === TO_SLOT) && !isSlot(keyId)) return STATUS.ParseError;

    const scalar = fromTempKey ? temporaryScalar(chip) : slotScalar(chip, keyId);
    const target = targetOf(chip, mode, keyId);
    if (scalar === undefined || target === undefined || !isAllowed(chip, target)) return STATUS.ExecutionError;
    // As Verify answers a point that is not on the curve; sources do not say what ECDH does.
    if (!chip.crypto.isPoint(peer)) return STATUS.ExecutionError;
    if (target === 'encrypted' && !passesHealthTest(chip)) return STATUS.HealthTestFailure;

    const secret = chip.crypto.agree(scalar, peer);
    if (fromTempKey) chip.tempKey = undefined;
    if (secret === undefined) return STATUS.EccFault;
    if (!fromTempKey) countUse(chip, keyId);
    return deliver(chip, target, secret);
  },
};

function temporaryScalar(chip: ChipState): Uint8Array | undefined {
  return allowsPrivateKeys(chip) && chip.tempKey?.privateKey ? chip.tempKey.value : undefined;
}

function slotScalar(chip: ChipState, slot: number): Uint8Array | undefined {
  if (!mayUsePrivateKey(chip, slot) || !has(slotConfigOf(chip.memory, slot), PRIVATE_KEY_USE.ecdh)) return undefined;
  return scalarOf(chip.memory, slot);
}

/** Where the secret goes: out, to TempKey, or to the slot of that number. Undefined: the source slot forbids it. */
function targetOf({ memory }: ChipState, mode: number, keyId: number): Target | undefined {
  const fromSlot = (mode & FROM_TEMP_KEY) === 0;
  const keepsInside = fromSlot && has(slotConfigOf(memory, keyId), PRIVATE_KEY_USE.ecdhToSlot);
  switch (mode & TARGET) {
    case TO_TEMP_KEY:
      return 'tempKey';
    case TO_SLOT:
      return fromSlot ? keyId | 1 : keyId;
    case BY_SLOT_CONFIG:
      return keepsInside ? keyId | 1 : 'clear';
    default:
      if (keepsInside) return undefined;
      return mode & ENCRYPT ? 'encrypted' : 'clear';
  }
}

function isAllowed(chip: ChipState, target: Target): boolean {
  const { memory } = chip;
  const protection = protectionOf(chip, CHIP_OPTIONS.ecdhProtection);
  if (protection === PROTECTION.Prohibited) return false;
  if (target === 'tempKey') return true;
  if (target === 'clear') return protection === PROTECTION.None;
  if (target === 'encrypted') return protection !== PROTECTION.NoOutput && hasIoProtectionKey(memory);
  return takesSecret(memory, target);
}

function deliver(chip: ChipState, target: Target, secret: Uint8Array): Status | Uint8Array {
  if (target === 'clear') return secret;
  if (target === 'encrypted') return encryptOutput(chip, secret);
  if (target === 'tempKey') chip.tempKey = tempKey(secret, chip.unspecifiedBehaviour.resultSourceFlag);
  else storeInSlot(chip, target, slotOffset(target), secret);
  return STATUS.Success;
}
