import { EmuError } from '../errors.ts';
import { isDeviceAddress } from './addresses.ts';
import { ADDRESS_NACK, type I2cTarget, type I2cWriteResult } from './target.ts';

/** What a controller can do on a bus; addresses have 7 bits. A recorder is one of these around another. */
export interface I2c {
  write(address: number, bytes: Uint8Array, stop?: boolean): I2cWriteResult;
  read(address: number, length: number, stop?: boolean): Uint8Array | undefined;
  readyAt(address: number): number | undefined;
}

/** Routes by address, passes address 0 to every target, and answers for an absent device as an empty bus does: NACK. */
export class I2cBus implements I2c {
  readonly #targets = new Map<number, I2cTarget>();
  readonly #movable: { readonly address: () => number; readonly target: I2cTarget }[] = [];

  /** Throws `EMU_E_I2C_ADDRESS` for an address that is reserved or in use. */
  attach(address: number, target: I2cTarget): this {
    if (!isDeviceAddress(address)) {
      throw new EmuError('EMU_E_I2C_ADDRESS', 'an I2C address lies between 0x08 and 0x77', { value: address });
    }
    if (this.#targets.has(address)) {
      throw new EmuError('EMU_E_I2C_ADDRESS', 'the I2C address is in use', { value: address });
    }
    this.#targets.set(address, target);
    return this;
  }

  /** A target that may change its address, which is asked at each transfer. Of several at one address the first answers. */
  attachMovable(address: () => number, target: I2cTarget): this {
    this.#movable.push({ address, target });
    return this;
  }

  write(address: number, bytes: Uint8Array, stop = true): I2cWriteResult {
    if (address === 0) {
      this.#generalCall(bytes);
      return ADDRESS_NACK;
    }
    return this.#at(address)?.write(bytes, stop) ?? ADDRESS_NACK;
  }

  read(address: number, length: number, stop = true): Uint8Array | undefined {
    if (address === 0) {
      this.#generalCall(new Uint8Array(0));
      return undefined;
    }
    return this.#at(address)?.read(length, stop);
  }

  readyAt(address: number): number | undefined {
    return this.#at(address)?.readyAt?.();
  }

  #at(address: number): I2cTarget | undefined {
    return this.#targets.get(address) ?? this.#movable.find((mount) => mount.address() === address)?.target;
  }

  #generalCall(bytes: Uint8Array): void {
    for (const target of this.#targets.values()) target.generalCall?.(bytes);
    for (const { target } of this.#movable) target.generalCall?.(bytes);
  }
}
