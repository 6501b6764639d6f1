import { encode, type Packet } from './codec.ts';
import { headerLength } from './fixed-header.ts';
import type { Acknowledged } from './outbox.ts';

/** What a client asks of its broker. */
export type Request = Packet & { readonly cmd: Acknowledged };

/** The output buffer's beginning is kept for a fixed header of three bytes, even when two are needed. */
const RESERVED_HEADER_BYTES = 3;

/** How much of the output buffer a packet takes. */
export function bufferUse(packet: Uint8Array): number {
  return RESERVED_HEADER_BYTES + packet.length - (headerLength(packet) ?? 0);
}

/** How large the output buffer must be for a request. */
export function requestSize(request: Request): number {
  return bufferUse(encode(request));
}
