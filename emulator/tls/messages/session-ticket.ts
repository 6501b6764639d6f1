import { ByteReader } from '../bytes.ts';

/** Checks a NewSessionTicket (RFC 5077 3.3): the firmware parses it and saves no session. */
export function readSessionTicket(body: Uint8Array): void {
  const reader = new ByteReader(body, 'NewSessionTicket');
  reader.uint(4);
  reader.vector(2);
  reader.end();
}
