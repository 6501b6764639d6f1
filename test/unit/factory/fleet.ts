import { ATECC608_ADDRESS, Atecc608 } from '../../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import type { CertificateSettings } from '../../../emulator/device/index.ts';
import { AteccDriver } from '../../../emulator/host-library/index.ts';
import { I2cBus, i2cController, Recorder } from '../../../emulator/i2c/index.ts';
import { type Rng, rootRng } from '../../../emulator/rng/index.ts';
import { type Ca, type CaOptions, createCa, DeviceFactory } from '../../../src/factory/index.ts';
import { hex, SEED_CONFIGURATION } from '../../support/atecc608.ts';
import { conversation } from '../../support/golden.ts';

export const NOW = new Date('2026-06-18T10:49:45Z');

export const NAMES = {
  organization: 'testcorp',
  rootCommonName: 'rootca',
  signerCommonName: 'signerca',
} as const;

export const SEED_CHIP = {
  busClockHz: 100_000,
  configuration: SEED_CONFIGURATION,
  deviceKeySlot: 0,
  spareKeySlots: [2, 3, 7],
  ioProtectionSlot: 4,
  ioProtectionKey: hex('0123456789abcdef'.repeat(4)),
} as const;

/** As the original firmware's certificate definitions have them. */
export const LAYOUT = {
  slots: {
    ...{ commonName: 8, compressedDevice: 10, signerPublicKey: 11, compressedSigner: 12 },
    ...{ signerRecord: 14, rootPublicKey: 15 },
  },
  signerRecord: { serialNumber: 4, notBefore: 22, notAfter: 37 },
} as const;

export type NameSource = 'template' | 'slot8';

export function caOptions(rng: Rng = rootRng('fleet')): CaOptions {
  return { rng, now: NOW, names: NAMES };
}

export interface TestFleet {
  readonly rng: Rng;
  readonly ca: Ca;
  readonly factory: DeviceFactory;
}

/** A fleet under its own root; `chip` and `layout` replace what the original firmware's profile says of chips and slots. */
export function makeFleet(
  seed = 'fleet',
  deviceCommonName: NameSource = 'template',
  chip = {},
  layout: Pick<CertificateSettings, 'slots' | 'signerRecord'> = LAYOUT,
): TestFleet {
  const rng = rootRng(seed);
  const profile = {
    chip: { ...SEED_CHIP, spareKeySlots: [...SEED_CHIP.spareKeySlots], ...chip },
    certificates: { ...NAMES, ...layout, deviceCommonName },
  };
  const ca = createCa(caOptions(rng));
  return { rng, ca, factory: new DeviceFactory({ rng, ca, profile }) };
}

/** A driver of a chip on a bus that is recorded. */
export class Bench {
  readonly driver: AteccDriver;
  readonly chip: Atecc608;
  readonly recorder: Recorder;

  constructor(memory: Uint8Array, rng: Rng = rootRng('field')) {
    const clock = new TaskClock(new ManualClock());
    this.chip = new Atecc608({ memory, crypto: nodeCrypto, rng, clock, executionTimes: 'none' });
    this.recorder = new Recorder(new I2cBus().attach(ATECC608_ADDRESS, this.chip));
    this.driver = new AteccDriver(i2cController(this.recorder, clock, 'fast'), ATECC608_ADDRESS);
  }

  /** What the chip was asked and what it answered since the last call: `Read p1=80 p2=0000 -> 32 bytes`. */
  exchanges(): string[] {
    return conversation(this.recorder.transactions.splice(0)).exchanges;
  }
}
