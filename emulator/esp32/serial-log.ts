import type { Time } from '../clock/index.ts';
import type { ChipReport } from '../host-library/index.ts';

/** The twin has no heap: what the original firmware's log shows once the device publishes. */
const HEAP_8BIT = 128_120;
const HEAP_32BIT = 190_296;

export const IDF_VERSION = 'v3.3';
/** The twin has no radio: a network by this name is always there. */
export const SSID = 'emu';

export type LogLevel = 'E' | 'W' | 'I';

/** A serial console, line by line: ESP-IDF's log, `L (ms since boot) TAG: …`, and what the application prints. */
export class SerialLog {
  readonly #clock: Time;
  readonly #write: (line: string) => void;
  #bootedAt = 0;

  /** @param write gets each line without its end */
  constructor(clock: Time, write: (line: string) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  boot(): void {
    this.#bootedAt = this.#clock.now();
  }

  print(line: string): void {
    this.#write(line);
  }

  /** What the application logs. */
  application(line: string): void {
    this.log('I', 'ECC608', line);
  }

  log(level: LogLevel, tag: string, line: string): void {
    this.#write(`${level} (${Math.floor(this.#clock.now() - this.#bootedAt)}) ${tag}: ${line}`);
  }

  freeMemory(): void {
    this.application(`[APP] Free memory: ${HEAP_32BIT} bytes`);
  }

  freeHeap(): void {
    this.print(`Free Heap Size 8bit = ${HEAP_8BIT}`);
    this.print(`Free Heap Size 32bit = ${HEAP_32BIT}`);
  }

  /** What sysinit prints of the secure element. */
  chip({ random, serialNumber, revision, configZone }: ChipReport): void {
    this.#dump('Random Number:', random, 8);
    // Serial number and revision stay on one line each, whatever their length.
    this.#dump('Serial Number:', serialNumber, serialNumber.length);
    this.#dump('Revision Number:', revision, revision.length);
    this.#dump('Config Zone data:', configZone, 8);
  }

  #dump(title: string, bytes: Uint8Array, perLine: number): void {
    this.print(title);
    for (let at = 0; at < bytes.length; at += perLine) {
      let line = '';
      for (const byte of bytes.subarray(at, at + perLine)) line += `${byte.toString(16).padStart(2, '0')} `;
      this.print(line);
    }
  }
}
