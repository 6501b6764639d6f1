import { EmuError } from '../errors.ts';
import type { Rng } from '../rng/index.ts';
import { fitting } from './bit-fields.ts';
import { CONFIG } from './config-layout.ts';
import { CONFIG_SIZE, MEMORY_SIZE, OTP_OFFSET, slotOffset } from './memory.ts';
import { type VariantName, variantOf } from './variants.ts';

const SERIAL_NUMBER_SIZE = 9;
const SCALAR_SIZE = 32;
const SCALAR_PADDING = 4;

export interface FactoryOptions {
  /** 9 bytes, SN[0:8]; real parts begin with 01 23, generic ones end with EE, TNGTLS and TFLXTLS with 01. */
  readonly serialNumber: Uint8Array;
  /** The default is a generic ATECC608A. */
  readonly variant?: VariantName;
  /** I2C_Address as a customer ordered it, 7 bits; by default that of the variant. */
  readonly address?: number | undefined;
  /** Where the factory's own private keys come from; a variant that has any needs it. */
  readonly rng?: Rng;
}

/**
 * The memory of a part as it leaves the factory: generic ones unlocked with OTP and data all FF, the others configured,
 * locked and with their keys, but without certificates. Throws `EMU_E_CHIP_SERIAL`, `EMU_E_CHIP_VARIANT`, and
 * `EMU_E_CHIP_CONFIG` for an address of more than 7 bits.
 */
export function factoryMemory({ serialNumber, variant = 'ATECC608A', address, rng }: FactoryOptions): Uint8Array {
  if (serialNumber.length !== SERIAL_NUMBER_SIZE) {
    throw new EmuError('EMU_E_CHIP_SERIAL', `a serial number has ${SERIAL_NUMBER_SIZE} bytes`, { value: serialNumber });
  }
  const { configuration, otp, keys } = variantOf(variant);
  const memory = new Uint8Array(MEMORY_SIZE).fill(0xff, CONFIG_SIZE);
  memory.set(configuration);
  memory.set(serialNumber.subarray(0, 4), CONFIG.SerialNumberLow);
  memory.set(serialNumber.subarray(4), CONFIG.SerialNumberHigh);
  if (address !== undefined) memory[CONFIG.I2cAddress] = fitting('address', 7, address) << 1;
  memory.set(otp, OTP_OFFSET);
  for (const slot of keys) {
    if (rng === undefined) {
      throw new EmuError('EMU_E_CHIP_VARIANT', 'this part has private keys from the factory', {
        value: variant,
        hint: 'pass an rng',
      });
    }
    memory.fill(0, slotOffset(slot), slotOffset(slot) + SCALAR_PADDING);
    memory.set(scalar(rng), slotOffset(slot) + SCALAR_PADDING);
  }
  return memory;
}

/** The order of P-256 begins with FFFFFFFF 00000000: what begins lower is below it, and one draw in 2^32 does not. */
function scalar(rng: Rng): Uint8Array {
  for (;;) {
    const bytes = rng.bytes(SCALAR_SIZE);
    if (bytes.subarray(0, 4).some((byte) => byte !== 0xff) && bytes.some((byte) => byte !== 0)) return bytes;
  }
}
