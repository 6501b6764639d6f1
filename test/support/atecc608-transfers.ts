import { decodeConfig, OPCODE, slotOffset } from '../../emulator/atecc608/index.ts';
import type { ChipCommand } from './atecc608-arbitraries.ts';
import {
  checkMacData,
  encryptedKey,
  encryptedWrite,
  filled,
  flipped,
  le16,
  SERIAL,
  sha256,
  zeros,
} from './atecc608-messages.ts';

/** What a host does that knows the keys of the slots: the chip's own memory tells the test. */
export interface Transfer {
  readonly kind: 'transfer';
  readonly what: 'read' | 'write' | 'privWrite' | 'derive' | 'checkMac';
  readonly slot: number;
  readonly mode: number;
  /** The bit of the last command's data that is wrong. */
  readonly flip: number | undefined;
}

/** A scalar that nothing else is. */
export const IMPORTED = sha256(Uint8Array.of(1, 2, 3));

/** Sends the commands; answers the session's key and the reply to the last of them. */
export function transfer(
  memory: Uint8Array,
  { what, slot, mode, flip }: Transfer,
  send: (command: ChipCommand) => Uint8Array,
): { readonly sessionKey: Uint8Array; readonly reply: Uint8Array } | undefined {
  const run = (opcode: number, param1: number, param2: number, data = zeros(0)) =>
    send({ kind: 'command', opcode, param1, param2, data });
  const last = (opcode: number, param1: number, param2: number, data = zeros(0)) =>
    run(
      opcode,
      param1,
      param2,
      flip === undefined || data.length === 0 ? data : flipped(data, flip % (8 * data.length)),
    );
  const keyOf = (index: number) => memory.slice(slotOffset(index), slotOffset(index) + 32);
  const policy = decodeConfig(memory).slots[slot]?.slotConfig;
  const random = run(OPCODE.Nonce, 0x00, 0, zeros(20));
  if (policy === undefined || random.length !== 32) return undefined;
  const nonce = sha256(random, zeros(20), Uint8Array.of(0x16, 0, 0));
  if (what === 'checkMac') {
    return { sessionKey: nonce, reply: last(OPCODE.CheckMac, 0x01, slot, checkMacData(keyOf(slot), nonce)) };
  }
  if (what === 'derive') {
    const parent = keyOf(policy.writeConfig & 1 ? policy.writeKey : slot);
    const mac = sha256(parent, Uint8Array.of(0x1c, 0x00), le16(slot), SERIAL);
    return { sessionKey: nonce, reply: last(OPCODE.DeriveKey, 0x00, slot, policy.writeConfig & 8 ? mac : zeros(0)) };
  }
  const key = what === 'read' ? policy.readKey : policy.writeKey;
  const four = decodeConfig(memory).slots[key]?.slotConfig.noMac ? zeros(4) : Uint8Array.of(0x15, 0x02, key, 0);
  const sessionKey = sha256(keyOf(key), four, SERIAL, zeros(25), nonce);
  run(OPCODE.GenDig, 0x02, key, zeros(4));
  switch (what) {
    case 'read':
      return { sessionKey, reply: last(OPCODE.Read, 0x82, slot << 3) };
    case 'write':
      return {
        sessionKey,
        reply: last(OPCODE.Write, mode, slot << 3, encryptedWrite(sessionKey, mode, slot << 3, filled(0x4b))),
      };
    case 'privWrite':
      return { sessionKey, reply: last(OPCODE.PrivWrite, 0x40, slot, encryptedKey(sessionKey, slot, IMPORTED)) };
  }
}
