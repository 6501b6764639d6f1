import { TEMP_KEY } from '../../atecc608/index.ts';
import type { ChipCrypto } from '../../crypto/index.ts';
import { settled } from '../../i2c/index.ts';
import type { KeyOperations } from '../../tls/index.ts';
import { openOutput } from '../calculations/index.ts';
import { type AteccDriver, dataAddress, GEN_KEY } from '../driver/index.ts';

/** Which slots a firmware uses in the handshake. */
export interface HandshakeSlots {
  readonly deviceKeySlot: number;
  /** The slot of the IO protection key, bits 15:12 of ChipOptions. */
  readonly ioProtectionSlot: number;
}

/** What an operation begins with: its own commands, or the library's initialisation, one command more. */
export type KeyHooks = 'as they are' | 'initialise first';

/** Key from TempKey, result to the output buffer, encrypted under the IO protection key. */
const ECDH_PROTECTED_FROM_TEMP_KEY = 0x0f;
/** External message, taken from the Message Digest Buffer. */
const SIGN_MESSAGE_DIGEST_BUFFER = 0xa0;

class ChipKeys implements KeyOperations {
  readonly #driver: AteccDriver;
  readonly #slots: HandshakeSlots;
  readonly #crypto: Pick<ChipCrypto, 'sha256'>;
  readonly #hooks: KeyHooks;

  constructor(driver: AteccDriver, slots: HandshakeSlots, crypto: Pick<ChipCrypto, 'sha256'>, hooks: KeyHooks) {
    this.#driver = driver;
    this.#slots = slots;
    this.#crypto = crypto;
    this.#hooks = hooks;
  }

  generateEphemeral(): Promise<Uint8Array> {
    return this.#operation((driver) => driver.genKey(GEN_KEY.newPrivateKey, TEMP_KEY));
  }

  /** Quirk: a new IO protection key for every handshake, written in clear. */
  agree(peer: Uint8Array): Promise<Uint8Array> {
    return this.#operation((driver) => {
      const ioKey = driver.random();
      driver.write('data', dataAddress(this.#slots.ioProtectionSlot), ioKey);
      return openOutput(this.#crypto, ioKey, driver.ecdh(ECDH_PROTECTED_FROM_TEMP_KEY, 0, peer));
    });
  }

  sign(digest: Uint8Array): Promise<Uint8Array> {
    return this.#operation((driver) => {
      driver.random(); // the library's way to refresh the chip's seed; what it returns is dropped
      driver.nonce(digest);
      return driver.sign(SIGN_MESSAGE_DIGEST_BUFFER, this.#slots.deviceKeySlot);
    });
  }

  /** What the server sent has been waited for; what it is answered leaves the device when the chip's part is settled. */
  #operation<T>(work: (driver: AteccDriver) => T): Promise<T> {
    const { i2c } = this.#driver;
    i2c.clock.resume();
    return settled(i2c, () => {
      if (this.#hooks === 'initialise first') this.#driver.init();
      return work(this.#driver);
    });
  }
}

/**
 * The key operations of one TLS connection, asked of the chip: seven commands in a full mutual handshake, ten where each
 * initialises first. `crypto` is the microcontroller's, to undo the IO protection.
 */
export function chipKeys(
  driver: AteccDriver,
  slots: HandshakeSlots,
  crypto: Pick<ChipCrypto, 'sha256'>,
  hooks: KeyHooks = 'as they are',
): KeyOperations {
  return new ChipKeys(driver, slots, crypto, hooks);
}
