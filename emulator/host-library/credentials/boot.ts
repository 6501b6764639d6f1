import { type AteccDriver, readConfigZone, readSerialNumber } from '../driver/index.ts';

/** What the firmware prints about its chip at start-up. */
export interface ChipReport {
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** 9 bytes. */
  readonly serialNumber: Uint8Array;
  /** 4 bytes. */
  readonly revision: Uint8Array;
  /** 128 bytes. */
  readonly configZone: Uint8Array;
}

/** The firmware's chip traffic at start-up: initialisation and seven commands. */
export function bootSequence(driver: AteccDriver): ChipReport {
  driver.init();
  const random = driver.random();
  const serialNumber = readSerialNumber(driver);
  const revision = driver.info();
  const configZone = readConfigZone(driver);
  return { random, serialNumber, revision, configZone };
}
