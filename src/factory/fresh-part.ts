import { type FactoryOptions, factoryMemory, type VariantName } from '../../emulator/atecc608/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { TrustAndGoFactory } from './trust-and-go.ts';

/**
 * All TNGTLS parts of the program are under one root, as all real ones are, so that a host program can be built with it.
 * Anyone can compute its key, as well as read that of any virtual part.
 */
const TRUST_AND_GO = new TrustAndGoFactory(rootRng('twinfleet ATECC608A-TNGTLS'));

/** SN[8] of the parts that come configured. */
const TRUST_SERIAL_END = 0x01;

/** The serial number of a part of this kind that differs from others as `serialNumber` does, 9 bytes. */
export function partSerialNumber(variant: VariantName, serialNumber: Uint8Array): Uint8Array {
  const own = serialNumber.slice();
  if (variant.startsWith('ATECC608A-')) own[8] = TRUST_SERIAL_END;
  return own;
}

/** The root's certificate, PEM. */
export function trustAndGoRootPem(): string {
  return TRUST_AND_GO.rootPem;
}

/** The memory of a part as it leaves the factory, with its certificates where it has any. @throws as `factoryMemory` */
export function freshPart(options: FactoryOptions): Uint8Array {
  const { rng, variant } = options;
  return variant === 'ATECC608A-TNGTLS' && rng !== undefined
    ? TRUST_AND_GO.make({ ...options, rng })
    : factoryMemory(options);
}
