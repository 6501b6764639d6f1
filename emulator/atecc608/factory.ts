import { EmuError } from '../errors.ts';
import { CONFIG } from './config-layout.ts';
import { CONFIG_SIZE, MEMORY_SIZE } from './memory.ts';

const SERIAL_NUMBER_SIZE = 9;

/** RevNum of an ATECC608A, in the configuration and as Info answers it. */
export const REVISION: Uint8Array = Uint8Array.of(0x00, 0x00, 0x60, 0x02);

// Three independent dumps of generic parts agree on all of this but the serial number and bytes 13 and 14, of which 14
// differs from part to part in everything but bit 0 (I2C).
const CONFIGURATION = Uint8Array.from(
  (
    '0000000000006002 0000000000015500 C000000083208720 8F20C48F8F8F8F8F' +
    '9F8FAF8F00000000 0000000000000000 0000AF8FFFFFFFFF 00000000FFFFFFFF' +
    '0000000000000000 0000000000000000 0000000000005555 FFFF000000000000' +
    '3300330033001C00 1C001C001C001C00 3C003C003C003C00 3C003C003C001C00'
  )
    .replaceAll(' ', '')
    .match(/../g) ?? [],
  (hex) => Number.parseInt(hex, 16),
);

/**
 * The memory of a generic ATECC608A as it leaves the factory: unlocked, OTP and data all FF. `serialNumber` has 9
 * bytes, SN[0:8]; real parts begin with 01 23 and generic ones end with EE.
 */
export function factoryMemory(options: { readonly serialNumber: Uint8Array }): Uint8Array {
  const { serialNumber } = options;
  if (serialNumber.length !== SERIAL_NUMBER_SIZE) {
    throw new EmuError('EMU_E_CHIP_SERIAL', `a serial number has ${SERIAL_NUMBER_SIZE} bytes`, { value: serialNumber });
  }
  const memory = new Uint8Array(MEMORY_SIZE).fill(0xff, CONFIG_SIZE);
  memory.set(CONFIGURATION);
  memory.set(serialNumber.subarray(0, 4), CONFIG.SerialNumberLow);
  memory.set(serialNumber.subarray(4), CONFIG.SerialNumberHigh);
  return memory;
}
