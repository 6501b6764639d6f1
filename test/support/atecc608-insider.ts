import {
  CONFIG_SIZE,
  type ConfigZone,
  decodeConfig,
  OPCODE,
  type Opcode,
  type SlotPolicy,
  slotOffset,
  slotSize,
} from '../../emulator/atecc608/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import type { Audit } from './atecc608-audit.ts';
import { pick, whole, withProbability } from './atecc608-draws.ts';
import { checkMacData, flipped, joined, le16, SERIAL, sha256, zeros } from './atecc608-messages.ts';

/** What becomes of a scenario's last command: as it should be, a bit flipped, a byte too many, or after a sleep. */
const SLIPS = ['none', 'none', 'none', 'none', 'none', 'none', 'none', 'flip', 'length', 'forget'] as const;

/** One thing that a host does in several steps, and that random commands alone would seldom do. */
export type Scenario = (host: Insider) => void;

/** A host that knows all that its chip holds: the chip's own memory tells it. */
export class Insider {
  readonly rng: Rng;
  readonly audit: Audit;
  /** How many of its commands the chip has refused; after one the host may be wrong about TempKey. */
  refused = 0;
  #decoded: { readonly zone: Uint8Array; readonly config: ConfigZone } | undefined;

  constructor(audit: Audit, rng: Rng) {
    this.audit = audit;
    this.rng = rng;
  }

  get memory(): Uint8Array {
    return this.audit.memory;
  }

  get config(): ConfigZone {
    const zone = this.memory.subarray(0, CONFIG_SIZE);
    if (!this.#decoded || !Buffer.from(this.#decoded.zone).equals(zone)) {
      this.#decoded = { zone: zone.slice(), config: decodeConfig(zone) };
    }
    return this.#decoded.config;
  }

  policy(slot: number): SlotPolicy {
    return this.config.slots[slot] as SlotPolicy;
  }

  /** The head of a slot. */
  key(slot: number, length = 32): Uint8Array {
    return this.memory.slice(slotOffset(slot), slotOffset(slot) + length);
  }

  /** A slot for which `test` holds; any where there is none. Now and then the host overlooks that slots are locked. */
  slotWhere(test: (policy: SlotPolicy, slot: number) => boolean): number {
    const open = withProbability(this.rng, 0.1) ? { locked: false } : {};
    const found = this.config.slots.flatMap((policy, slot) => (test({ ...policy, ...open }, slot) ? [slot] : []));
    return found.length > 0 ? pick(this.rng, found) : whole(this.rng, 16);
  }

  /** A block of a slot that has at least one word there, as an address. */
  blockOf(slot: number): number {
    return (whole(this.rng, Math.ceil(slotSize(slot) / 32)) << 8) | (slot << 3);
  }

  send(opcode: Opcode, param1 = 0, param2 = 0, data: Uint8Array = zeros(0)): Uint8Array {
    const payload = this.audit.send({ kind: 'command', opcode, param1, param2, data });
    if (payload.length === 1 && payload[0] !== 0) this.refused++;
    return payload;
  }

  /** The command that the scenario is about; now and then it goes wrong. */
  last(opcode: Opcode, param1 = 0, param2 = 0, data: Uint8Array = zeros(0)): Uint8Array {
    switch (pick(this.rng, SLIPS)) {
      case 'flip':
        if (data.length === 0) break;
        return this.send(opcode, param1, param2, flipped(data, whole(this.rng, 8 * data.length)));
      case 'length':
        return this.send(opcode, param1, param2, joined(data, zeros(1)));
      case 'forget':
        this.audit.sleep('sleep');
    }
    return this.send(opcode, param1, param2, data);
  }

  /** 32 bytes that were nowhere before; a secret from now on where they are to go into a secret slot. */
  fresh(slot: number): Uint8Array {
    const bytes = this.rng.bytes(32);
    const { slotConfig, keyConfig } = this.policy(slot);
    if (slotConfig.isSecret || keyConfig.private) this.audit.secrets.add(bytes);
    return bytes;
  }

  /** TempKey as the host has it, 32 or 64 bytes. */
  input(length = 32): Uint8Array {
    const value = this.rng.bytes(length);
    this.send(OPCODE.Nonce, length === 64 ? 0x23 : 0x03, 0, value);
    return value;
  }

  /** TempKey of the chip's random number. */
  nonce(): Uint8Array {
    const numIn = this.rng.bytes(20);
    const mode = whole(this.rng, 2);
    return sha256(this.send(OPCODE.Nonce, mode, 0, numIn), numIn, Uint8Array.of(0x16, mode, 0));
  }

  /** TempKey as a key that may ask for a random nonce takes it. */
  tempKeyFor(slot: number): Uint8Array {
    return this.policy(slot).keyConfig.reqRandom || withProbability(this.rng, 0.3) ? this.nonce() : this.input();
  }

  /** Mixes a slot's key into TempKey. */
  digestKey(slot: number, tempKey: Uint8Array): Uint8Array {
    const other = this.rng.bytes(4);
    this.send(OPCODE.GenDig, 0x02, slot, other);
    const four = this.policy(slot).slotConfig.noMac ? other : joined(Uint8Array.of(0x15, 0x02), le16(slot));
    return sha256(this.key(slot), four, SERIAL, zeros(25), tempKey);
  }

  /** Does what the use of a slot asks for first: the transport lock, the latch, an authorisation. Mostly. */
  ready(slot: number): void {
    const { useLock } = this.config;
    if (useLock.enable === 0xa && withProbability(this.rng, 0.5)) this.authorise(useLock.key);
    const { keyConfig } = this.policy(slot);
    if (withProbability(this.rng, 0.1)) return;
    if (keyConfig.persistentDisable) this.send(OPCODE.Info, 4, 3);
    if (keyConfig.reqAuth) this.authorise(keyConfig.authKey);
  }

  authorise(slot: number): void {
    const nonce = this.nonce();
    this.send(OPCODE.CheckMac, 0x01, slot, checkMacData(this.key(slot), nonce));
  }
}
