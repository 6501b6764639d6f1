import { type FactoryOptions, factoryMemory, slotOffset } from '../../emulator/atecc608/index.ts';
import { GEN_KEY, padPublicKey } from '../../emulator/host-library/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { benchDriver } from './bench-chip.ts';
import { certificatePem } from './pem.ts';
import { TrustAndGoCa } from './trust-and-go-ca.ts';

/** What each slot of the part is for (data sheet 2.2.3). */
const SLOT = { deviceKey: 0, macAddress: 5, device: 10, signerPublicKey: 11, signer: 12 } as const;

export interface TrustAndGoOptions extends Omit<FactoryOptions, 'variant'> {
  /** Where the part's private keys come from. */
  readonly rng: Rng;
}

/**
 * Makes parts ATECC608A-TNGTLS with their certificates, under a root and a signer whose keys flow from `rng`. What knows
 * `rng` can issue under that root: it is to be trusted where parts are virtual, and nowhere else.
 */
export class TrustAndGoFactory {
  readonly #rng: Rng;
  #made: TrustAndGoCa | undefined;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** The root's certificate, PEM: a host program needs it in the place of Microchip's. */
  get rootPem(): string {
    return certificatePem(this.#ca.root);
  }

  /** The memory of a part as it leaves the factory: configured, locked, with its keys, MAC address and certificates. */
  make(options: TrustAndGoOptions): Uint8Array {
    const { serialNumber, rng } = options;
    const memory = factoryMemory({ ...options, variant: 'ATECC608A-TNGTLS' });
    const publicKey = benchDriver(memory, rng).genKey(GEN_KEY.publicKey, SLOT.deviceKey);
    const macAddress = macAddressOf(serialNumber);
    // The factory wrote these slots before it locked the part; no host can.
    memory.fill(0x00, slotOffset(SLOT.macAddress), slotOffset(SLOT.macAddress + 1));
    memory.set(macAddress, slotOffset(SLOT.macAddress));
    memory.set(this.#ca.certify(publicKey, { serialNumber, macAddress }), slotOffset(SLOT.device));
    memory.set(padPublicKey(this.#ca.signerPublicKey), slotOffset(SLOT.signerPublicKey));
    memory.set(this.#ca.compressedSigner, slotOffset(SLOT.signer));
    return memory;
  }

  /** Made when the first part or the root is asked for. */
  get #ca(): TrustAndGoCa {
    this.#made ??= new TrustAndGoCa(this.#rng);
    return this.#made;
  }
}

/** An EUI-48 that is locally administered, hence no vendor's: 02 and SN[3:7], as 12 upper-case hex digits. */
function macAddressOf(serialNumber: Uint8Array): Uint8Array {
  const address = Buffer.from([0x02, ...serialNumber.subarray(3, 8)]);
  return new TextEncoder().encode(address.toString('hex').toUpperCase());
}
