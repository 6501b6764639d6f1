import { type AteccDriver, GEN_KEY, readConfigZone } from '../driver/index.ts';

/** What a profile says about the personalisation of its chip. */
export interface ChipConfiguration {
  /** Configuration zone bytes 16..127; the lock bytes 86 and 87 are never written. */
  readonly configuration: Uint8Array;
  readonly deviceKeySlot: number;
  readonly spareKeySlots: readonly number[];
}

const LOCK_BYTES_WORD = 0x15;
const UNLOCKED = 0x55;
const LOCK_CONFIG_WITHOUT_CRC = 0x80;
const LOCK_DATA_WITHOUT_CRC = 0x81;

/**
 * What the firmware's configuration tool does to a chip, in its order: write and lock the configuration, lock the data
 * zone, make the keys. Returns the device's public key, X||Y; `tell` hears of it before the spare keys are made.
 * Irreversible.
 *
 * Quirk: a second run keeps the device key and makes the spare ones anew.
 */
export function configure(
  driver: AteccDriver,
  chip: ChipConfiguration,
  tell: (devicePublicKey: Uint8Array) => void = () => {},
): Uint8Array {
  driver.init();
  printChip(driver);

  driver.init();
  const lockBytes = readLockBytes(driver);
  driver.info();
  if (lockBytes.config === UNLOCKED) {
    writeConfiguration(driver, chip.configuration);
    driver.lock(LOCK_CONFIG_WITHOUT_CRC);
  }
  if (readLockBytes(driver).data === UNLOCKED) {
    driver.lock(LOCK_DATA_WITHOUT_CRC);
    driver.genKey(GEN_KEY.newPrivateKey, chip.deviceKeySlot);
  }
  const devicePublicKey = driver.genKey(GEN_KEY.publicKey, chip.deviceKeySlot);
  tell(devicePublicKey);
  for (const slot of chip.spareKeySlots) driver.genKey(GEN_KEY.newPrivateKey, slot);
  return devicePublicKey;
}

/** The tool's main program shows serial number, revision and configuration before it starts. */
function printChip(driver: AteccDriver): void {
  driver.readConfigBlock(0);
  driver.info();
  readConfigZone(driver);
}

function readLockBytes(driver: AteccDriver): { config: number | undefined; data: number | undefined } {
  const word = driver.read('config', LOCK_BYTES_WORD, 4);
  return { data: word[2], config: word[3] };
}

/** Blocks 1 and 3 whole; blocks 0 and 2 hold bytes that a Write may not touch and go word by word. */
function writeConfiguration(driver: AteccDriver, configuration: Uint8Array): void {
  const write = (word: number, words: number) => {
    const start = 4 * word - 16;
    return driver.write('config', word, configuration.subarray(start, start + 4 * words));
  };
  for (let word = 0x04; word <= 0x07; word++) write(word, 1);
  write(0x08, 8);
  for (let word = 0x10; word <= 0x17; word++) if (word !== LOCK_BYTES_WORD) write(word, 1);
  write(0x18, 8);
}
