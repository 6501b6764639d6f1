import { EmuError } from '../errors.ts';
import { hexBytes } from './hex.ts';
import { OTP_SIZE } from './memory.ts';

/** What one part has from the factory that another has not. */
export interface Variant {
  /** 4 bytes that Info answers, whatever the configuration says. */
  readonly revision: Uint8Array;
  /** 128 bytes; the serial number is 00. */
  readonly configuration: Uint8Array;
  /** 64 bytes, whose head tells host software what a part was made for. */
  readonly otp: Uint8Array;
  /** Private keys that the factory made, since no host may. */
  readonly keys: readonly number[];
}

export const VARIANT_NAMES = ['ATECC608A', 'ATECC608B', 'ATECC608A-TNGTLS', 'ATECC608A-TFLXTLS'] as const;
export type VariantName = (typeof VARIANT_NAMES)[number];

const REVISION_A = hexBytes('00006002');
const REVISION_B = hexBytes('00006003');

// Three independent dumps of generic parts agree on all of this but the serial number and bytes 13 and 14, of which 14
// differs from part to part in everything but bit 0 (I2C).
function generic(revision: string): Uint8Array {
  return hexBytes(`
    00000000${revision} 0000000000015500 C000000083208720 8F20C48F8F8F8F8F
    9F8FAF8F00000000 0000000000000000 0000AF8FFFFFFFFF 00000000FFFFFFFF
    0000000000000000 0000000000000000 0000000000005555 FFFF000000000000
    3300330033001C00 1C001C001C001C00 3C003C003C003C00 3C003C003C001C00`);
}

/** As it was published, which agrees with the public pages. */
const TFLXTLS = hexBytes(`
    0000000000006002 0000000000610100 6C00000185008200 852085208520C646
    8F0F9F8F0F0F8F0F 0F0F0F0F0F0F0F0F 0D1F0F0FFFFFFFFF 00000000FFFFFFFF
    00000000000003F7 0069760000000000 0000000000000000 FFFF0E6000000000
    5300530073007300 730038007C001C00 3C001A003C003000 3C00300012003000`);

/**
 * As dumps of real parts have it, which agree with the public pages: slots 5 and 10 to 12 are there to be read and never
 * written, 7 and 13 to 15 are reserved, and there is no SecureBoot.
 */
const TNGTLS = hexBytes(`
    0000000000006002 0000000000610100 6A00000185008200 8520852085200F8F
    8F0F8F8F0F0F8F0F 0F8F0F8F0F8F8F8F 8F8F8F8FFFFFFFFF 00000000FFFFFFFF
    00000000000000F7 0069760000000000 0000000000000000 FFFF0E6000000000
    5300530073007300 73001C007C001C00 3C001A001C001000 1C001C001C001C00`);

const TRUST_KEYS = [0, 1];

const ERASED = new Uint8Array(OTP_SIZE).fill(0xff);

/** The code of a Trust part, and 00. */
function otp(code: string): Uint8Array {
  const bytes = new Uint8Array(OTP_SIZE);
  bytes.set(new TextEncoder().encode(code));
  return bytes;
}

/**
 * Every part that the chip can be, by its name. An ATECC608B is for software an A with another revision. Of the Trust
 * parts both zones are locked, and UserExtraAdd may name another address once, which ChipMode allows.
 */
const VARIANTS: Readonly<Record<VariantName, Variant>> = {
  ATECC608A: { revision: REVISION_A, configuration: generic('00006002'), otp: ERASED, keys: [] },
  ATECC608B: { revision: REVISION_B, configuration: generic('00006003'), otp: ERASED, keys: [] },
  'ATECC608A-TNGTLS': { revision: REVISION_A, configuration: TNGTLS, otp: otp('x6tjuZMy'), keys: TRUST_KEYS },
  'ATECC608A-TFLXTLS': { revision: REVISION_A, configuration: TFLXTLS, otp: otp('MKMwyhP1'), keys: TRUST_KEYS },
};

/** What is known of the part. Throws `EMU_E_CHIP_VARIANT` for an unknown name. */
export function variantOf(name: VariantName): Variant {
  if (Object.hasOwn(VARIANTS, name)) return VARIANTS[name];
  throw new EmuError('EMU_E_CHIP_VARIANT', 'there is no such part', {
    value: name,
    hint: `take one of ${Object.keys(VARIANTS).join(', ')}`,
  });
}
