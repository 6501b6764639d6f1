import { EmuError } from '../../emulator/errors.ts';
import type { Rng } from '../../emulator/rng/index.ts';

/** MAC addresses of one vendor prefix: three bytes distinguish devices. */
export const MAX_DEVICES = 2 ** 24;

/** An odd step visits every 48-bit value before it repeats one; the golden ratio's spreads neighbours far apart. */
const SERIAL_STEP = 0x9e37_79b9_7f4bn;

export interface DeviceIdentity {
  readonly index: number;
  /** The chip's 9 bytes: 01 23, six of its own, EE. */
  readonly serialNumber: Uint8Array;
  /** The last 3 bytes of the station's MAC address. */
  readonly macTail: Uint8Array;
  /** The serial number in 18 lower-case hex digits. */
  readonly commonName: string;
}

/**
 * Who the devices of the fleet rooted at `rng` are, by index. Serial numbers and MAC tails count from a random base, so
 * no two devices of a fleet share one, and nothing depends on which devices are provisioned, where or in what order.
 */
export function identities(rng: Rng): (index: number) => DeviceIdentity {
  const base = new DataView(rng.fork('identity').bytes(12).buffer);
  const firstTail = base.getUint32(0);
  const firstSerial = base.getBigUint64(4);
  return (index) => {
    requireIndex(index);
    const tail = (firstTail + index) % MAX_DEVICES;
    const serial = BigInt.asUintN(48, firstSerial + BigInt(index) * SERIAL_STEP);
    const commonName = `0123${serial.toString(16).padStart(12, '0')}ee`;
    return {
      index,
      serialNumber: Uint8Array.from(Buffer.from(commonName, 'hex')),
      macTail: Uint8Array.of(tail >> 16, tail >> 8, tail),
      commonName,
    };
  };
}

/** Who device `index` is. */
export function identityOf(rng: Rng, index: number): DeviceIdentity {
  return identities(rng)(index);
}

function requireIndex(index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < MAX_DEVICES) return;
  throw new EmuError('EMU_E_DEVICE_INDEX', `a fleet has devices 0 to ${MAX_DEVICES - 1}`, {
    value: index,
    hint: 'A MAC address has 3 bytes to distinguish devices of one vendor: run fewer devices.',
  });
}
