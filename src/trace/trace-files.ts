import type { EmuError } from '../../emulator/errors.ts';
import type { TraceFile } from './device-trace.ts';
import { GrowingFile } from './growing-file.ts';

/** The two files of a device's trace. */
export class TraceFiles {
  readonly #files: Readonly<Record<TraceFile, GrowingFile>>;

  /** Begins both. @throws EmuError EMU_E_USAGE_OUT */
  constructor(paths: Readonly<Record<TraceFile, string>>, onFailure: (error: EmuError) => void) {
    this.#files = {
      // The IO protection key and the secret that it encrypts are on the bus.
      i2c: new GrowingFile(paths.i2c, { isSecret: true, onFailure }),
      mqtt: new GrowingFile(paths.mqtt, { onFailure }),
    };
    this.write('i2c', '# ms since power-up; i2c1: secure element, i2c0: sensor; W written, R read, + no STOP');
    this.write('mqtt', '# ms since power-up; > sent by the device, < received');
  }

  write(file: TraceFile, line: string): void {
    this.#files[file].write(`${line}\n`);
  }

  close(): void {
    this.#files.i2c.close();
    this.#files.mqtt.close();
  }
}
