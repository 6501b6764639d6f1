import { OPCODE, slotSize } from '../../atecc608/index.ts';
import { isSame } from '../../crypto/index.ts';
import { EmuError } from '../../errors.ts';
import type { Rng } from '../../rng/index.ts';
import { type AteccDriver, dataAddress, NO_DATA, readSerialNumber } from '../driver/index.ts';
import { agrees } from './agrees.ts';
import { derivedKey, deriveKeyMac, joined, nonceDigest, privWriteMac, type Sha256, writeMac, xor } from './digests.ts';
import { chipGenDig } from './gen-dig.ts';
import { checkMacOtherData, macDigest } from './mac.ts';

/** A symmetric key that host and chip share. */
export interface SlotKey {
  readonly slot: number;
  /** 32 bytes, the first of the slot. */
  readonly value: Uint8Array;
}

export interface HostOptions {
  readonly crypto: Sha256;
  /** The host's own numbers in nonces. */
  readonly rng: Rng;
}

export interface ChallengeOptions {
  /** 32 bytes; without them the challenge comes of a random Nonce, which ReqRandom asks for. */
  readonly challenge?: Uint8Array;
}

const BLOCK_SIZE = 32;
const NUM_IN_SIZE = 20;

/** Block 2 of MAC and CheckMac is TempKey. */
const TEMP_KEY_AS_CHALLENGE = 0x01;
/** 32 bytes of the data zone, encrypted. */
const WRITE_ENCRYPTED = 0xc2;
const PRIV_WRITE_ENCRYPTED = 0x40;

/**
 * The host's side of what a chip does with shared keys. It computes every digest itself, from the key's value that it was
 * given. A method throws as the driver's do: what the chip refuses is `EMU_E_CHIP_STATUS` with `{ command, status }`.
 */
export class AteccHost {
  readonly driver: AteccDriver;
  /** SN[0:8], 9 bytes. */
  readonly serialNumber: Uint8Array;
  readonly crypto: Sha256;
  readonly #rng: Rng;

  private constructor(driver: AteccDriver, serialNumber: Uint8Array, options: HostOptions) {
    this.driver = driver;
    this.serialNumber = serialNumber;
    this.crypto = options.crypto;
    this.#rng = options.rng;
  }

  /** Reads the chip's serial number, which is in every digest. */
  static open(driver: AteccDriver, options: HostOptions): AteccHost {
    return new AteccHost(driver, readSerialNumber(driver), options);
  }

  /** A random Nonce; returns what TempKey holds then. */
  randomNonce(): Uint8Array {
    const numIn = this.#rng.bytes(NUM_IN_SIZE);
    return nonceDigest(this.crypto, this.driver.request(OPCODE.Nonce, 0x00, 0, numIn, BLOCK_SIZE), numIn);
  }

  /** A random Nonce, and GenDig of `key`: what TempKey holds then encrypts one transfer. */
  sessionKey({ slot, value }: SlotKey): Uint8Array {
    return chipGenDig(this, { zone: 'data', slot, value }, this.randomNonce());
  }

  /** Block `block` of a slot with EncryptRead, or what the slot has of it. No MAC protects it: a wrong key gives wrong bytes. */
  readEncrypted(slot: number, block: number, readKey: SlotKey): Uint8Array {
    const sessionKey = this.sessionKey(readKey);
    const bytes = this.driver.read('data', dataAddress(slot, block), BLOCK_SIZE);
    return xor(bytes.subarray(0, slotSize(slot) - BLOCK_SIZE * block), sessionKey);
  }

  /** Writes up to 32 bytes, filled up with zeros, to block `block` of a slot that takes encrypted writes. */
  writeEncrypted(slot: number, block: number, bytes: Uint8Array, writeKey: SlotKey): void {
    if (bytes.length > BLOCK_SIZE) {
      throw new EmuError('EMU_E_CHIP_PACKET', `a block has ${BLOCK_SIZE} bytes`, { value: bytes.length });
    }
    const sessionKey = this.sessionKey(writeKey);
    const address = dataAddress(slot, block);
    const plain = new Uint8Array(BLOCK_SIZE);
    plain.set(bytes);
    const mac = writeMac(this.crypto, this.serialNumber, WRITE_ENCRYPTED, address, sessionKey, plain);
    this.driver.request(OPCODE.Write, WRITE_ENCRYPTED, address, joined(xor(plain, sessionKey), mac), 0);
  }

  /** Puts a private key of 32 bytes into a slot. */
  privWrite(slot: number, scalar: Uint8Array, writeKey: SlotKey): void {
    const { crypto } = this;
    const sessionKey = this.sessionKey(writeKey);
    const plain = joined(new Uint8Array(4), scalar);
    const pad = joined(sessionKey, crypto.sha256(sessionKey));
    const mac = privWriteMac(crypto, this.serialNumber, PRIV_WRITE_ENCRYPTED, slot, sessionKey, plain);
    this.driver.request(OPCODE.PrivWrite, PRIV_WRITE_ENCRYPTED, slot, joined(xor(plain, pad), mac), 0);
  }

  /** Whether the chip knows the key (MAC). `includeSerial` takes the whole serial number into the answer. */
  chipKnows(key: SlotKey, options: ChallengeOptions & { readonly includeSerial?: boolean } = {}): boolean {
    const { mode, challenge, data } = this.#challenge(options);
    const fullMode = mode | (options.includeSerial ? 0x40 : 0);
    const answer = this.driver.request(OPCODE.MAC, fullMode, key.slot, data, BLOCK_SIZE);
    const own = macDigest(this.crypto, this.serialNumber, fullMode, key, challenge);
    return isSame(answer, own);
  }

  /** Shows the chip that the host knows the key (CheckMac), which authorises what asks for it. False: the chip disagrees. */
  authorise(key: SlotKey, options: ChallengeOptions = {}): boolean {
    const { mode, challenge } = this.#challenge(options);
    const response = macDigest(this.crypto, this.serialNumber, mode, key, challenge);
    const data = joined(options.challenge ?? new Uint8Array(BLOCK_SIZE), response, checkMacOtherData(mode, key.slot));
    return agrees(this.driver, OPCODE.CheckMac, mode, key.slot, data) !== undefined;
  }

  /**
   * Makes the key of `target` anew from `parent`: its own value (roll) or that of its WriteKey (create). Returns the
   * new value. `withMac` shows the chip that the host knows the parent.
   */
  deriveKey(target: number, parent: Uint8Array, { withMac = false } = {}): Uint8Array {
    const { crypto } = this;
    const tempKey = this.randomNonce();
    const mac = withMac ? deriveKeyMac(crypto, this.serialNumber, target, parent) : NO_DATA;
    this.driver.request(OPCODE.DeriveKey, 0x00, target, mac, 0);
    return derivedKey(crypto, this.serialNumber, target, parent, tempKey);
  }

  #challenge({ challenge }: ChallengeOptions) {
    if (challenge !== undefined) return { mode: 0x00, challenge, data: challenge };
    return { mode: TEMP_KEY_AS_CHALLENGE, challenge: this.randomNonce(), data: NO_DATA };
  }
}
