/** What a ClientHello says (RFC 5246 7.4.1.2), but for its 32 random bytes. */
export interface ClientHello {
  readonly recordVersion: number;
  readonly version: number;
  readonly sessionIdLength: number;
  readonly suites: readonly number[];
  readonly compressions: readonly number[];
  /** In the order sent, their data in hexadecimal. */
  readonly extensions: readonly (readonly [type: number, data: string])[];
}

/** Reads the first record of a connection, which must be a ClientHello alone. */
export function parseClientHello(bytes: Uint8Array): ClientHello {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const uint = (count: 1 | 2 | 3) => {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + view.getUint8(at++);
    return value;
  };
  const expectEqual = (what: string, expected: number, actual: number) => {
    if (expected !== actual) throw new Error(`${what} is ${actual}, not ${expected}`);
  };
  const list = <T>(end: number, item: () => T): T[] => {
    const items: T[] = [];
    while (at < end) items.push(item());
    expectEqual('the end of a list', end, at);
    return items;
  };
  expectEqual('the type of the record', 22, uint(1));
  const recordVersion = uint(2);
  const end = uint(2) + at;
  expectEqual('the type of the message', 1, uint(1));
  expectEqual('the length of the message', end, uint(3) + at);
  const version = uint(2);
  at += 32;
  const sessionIdLength = uint(1);
  at += sessionIdLength;
  const suites = list(uint(2) + at, () => uint(2));
  const compressions = list(uint(1) + at, () => uint(1));
  const extensions = list(uint(2) + at, () => {
    const type = uint(2);
    const length = uint(2);
    at += length;
    return [type, Buffer.from(bytes.subarray(at - length, at)).toString('hex')] as const;
  });
  expectEqual('the end of the record', end, at);
  return { recordVersion, version, sessionIdLength, suites, compressions, extensions };
}

/** Whole records in the bytes of one direction: type, and length of the body. */
export function recordsIn(bytes: Uint8Array): (readonly [type: number, length: number])[] {
  const records: (readonly [number, number])[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    records.push([bytes[at] ?? 0, length]);
    at += 5 + length;
  }
  return records;
}
