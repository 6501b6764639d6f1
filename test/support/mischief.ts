import { concat, uint } from '../../emulator/tls/bytes.ts';
import { handshakeMessage } from '../../emulator/tls/handshake-reader.ts';
import { contentType, handshakeType } from '../../emulator/tls/numbers.ts';
import type { Mischief, ServerStep } from './hostile-server.ts';

/** A copy with one byte changed; a negative offset counts from the end. */
export function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = offset < 0 ? copy.length + offset : offset;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** A copy with `bytes` written over it from `offset` on. */
export function overwritten(original: Uint8Array, offset: number, ...bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(original);
  copy.set(bytes, offset);
  return copy;
}

function onMessage(step: ServerStep, change: (message: Uint8Array) => Uint8Array): Mischief {
  return { message: (at, message) => (at === step ? change(message) : message) };
}

function onWire(step: ServerStep, change: (record: Uint8Array) => Uint8Array): Mischief {
  return { wire: (at, record) => (at === step ? change(record) : record) };
}

export function hangUpAfter(step: ServerStep): Mischief {
  return { after: (at, server) => at === step && server.hangUp() };
}

export function alertAfter(step: ServerStep, description: number): Mischief {
  return { after: (at, server) => at === step && server.alert(2, description) };
}

/** Offsets into a ServerHello with an empty session id, header included. */
const suiteOffset = 4 + 2 + 32 + 1;

/** A ServerHello with a session id of so many bytes. */
export function withSessionId(message: Uint8Array, length: number): Uint8Array {
  const id = new Uint8Array(length).fill(0x5d);
  const head = message.subarray(4, suiteOffset - 1);
  return handshakeMessage(handshakeType.serverHello, head, uint(length, 1), id, message.subarray(suiteOffset));
}

/** Ways for a server to misbehave, by name. */
export const mischiefs = {
  tamperedSignature: onMessage('server_key_exchange', (message) => flipped(message, -3)),
  tamperedPoint: onMessage('server_key_exchange', (message) => flipped(message, 20)),
  otherCurve: onMessage('server_key_exchange', (message) => overwritten(message, 5, 0, 24)),
  unofferedSignatureAlgorithm: onMessage('server_key_exchange', (message) => overwritten(message, 4 + 69, 1, 3)),
  badFinished: onMessage('finished', (message) => flipped(message, -1)),
  wrongSuite: onMessage('server_hello', (message) => overwritten(message, suiteOffset, 0x00, 0x9c)),
  compression: onMessage('server_hello', (message) => overwritten(message, suiteOffset + 2, 1)),
  /** A session id of 32 bytes is the longest (RFC 5246 7.4.1.3). */
  longSessionId: onMessage('server_hello', (message) => withSessionId(message, 33)),
  tls11: onMessage('server_hello', (message) => overwritten(message, 4, 3, 2)),
  badRecordMac: onWire('finished', (record) => flipped(record, -1)),
  oversizedRecord: onWire('server_hello', () => concat(Uint8Array.of(contentType.handshake, 3, 3), uint(16_385, 2))),
  notTls: onWire('server_hello', () => new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ssl3Record: onWire('server_hello', (record) => overwritten(record, 1, 2, 0)),
  tls13Record: onWire('server_hello', (record) => overwritten(record, 1, 3, 4)),
  emptyCertificate: onMessage('certificate', () => handshakeMessage(handshakeType.certificate, uint(0, 3))),
  garbageCertificate: onMessage('certificate', () =>
    handshakeMessage(handshakeType.certificate, uint(203, 3), uint(200, 3), new Uint8Array(200)),
  ),
  skippedCertificate: onWire('certificate', () => new Uint8Array(0)),
  skippedServerKeyExchange: onWire('server_key_exchange', () => new Uint8Array(0)),
  earlyChangeCipherSpec: onWire('certificate', (record) => concat(Uint8Array.of(20, 3, 3, 0, 1, 1), record)),
  earlyApplicationData: onWire('server_hello', (record) => concat(record, Uint8Array.of(23, 3, 3, 0, 1, 65))),
  truncatedServerHello: onMessage('server_hello', (message) =>
    handshakeMessage(handshakeType.serverHello, message.subarray(4, -1)),
  ),
  /** One handshake message over two records. */
  fragmentedCertificate: onWire('certificate', (record) =>
    concat(
      Uint8Array.of(contentType.handshake, 3, 3, 0, 10),
      record.subarray(5, 15),
      Uint8Array.of(contentType.handshake, 3, 3),
      uint(record.length - 15, 2),
      record.subarray(15),
    ),
  ),
} satisfies Record<string, Mischief>;
