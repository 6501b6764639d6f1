import type { Clock } from '../../emulator/clock/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';

/** All that the cloud does not make itself. */
export interface Surroundings {
  readonly clock: Clock;
  /** The date, for what is written into answers and for the validity of certificates. */
  readonly date: () => Date;
  readonly rng: Rng;
}

/** A random UUID (RFC 9562 5.4), as Azure names operations, messages and failures. */
export function uuid(rng: Rng): string {
  const bytes = Buffer.from(rng.bytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The version of a thing, as Azure writes one: any text that changes. */
export function etag(rng: Rng): string {
  return Buffer.from(`"${Buffer.from(rng.bytes(12)).toString('hex')}"`).toString('base64');
}
