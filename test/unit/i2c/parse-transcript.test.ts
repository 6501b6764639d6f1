import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTranscript, type Transaction, transcript } from '../../../emulator/i2c/index.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const common = { address: fc.integer({ min: 0, max: 0x7f }), stop: fc.boolean() };
const time = fc.option(
  fc.integer({ min: 0, max: 1e9 }).map((microseconds) => microseconds / 1000),
  { nil: undefined },
);

const transaction: fc.Arbitrary<Transaction> = fc.oneof(
  fc.record({ ...common, time, bytes, kind: fc.constantFrom('read', 'write'), result: fc.constant({ ack: 'ack' }) }),
  fc.record({
    ...common,
    time,
    bytes: fc.constant(new Uint8Array(0)),
    kind: fc.constantFrom('read', 'write'),
    result: fc.constant({ ack: 'address-nack' }),
  }),
  bytes.chain((taken) =>
    fc.record({
      ...common,
      time,
      bytes: fc.constant(taken),
      kind: fc.constant('write' as const),
      result: fc.constant({ ack: 'data-nack', taken: taken.length }),
    }),
  ),
) as fc.Arbitrary<Transaction>;

test('what was transcribed is read back', () => {
  fc.assert(
    fc.property(fc.array(transaction), (transactions) => {
      const parsed = parseTranscript(transcript(transactions).join('\n'));
      expect(parsed.map(({ transaction }) => transaction)).toEqual(transactions);
    }),
  );
});

test('ports, comments, decoded words and other line ends do not disturb', () => {
  const text = '# a device\r\n\r\ni2c1 0.125 R 60 04 11 33 43 ; awake\r\nW 00 NACK\r\n';
  expect(parseTranscript(text)).toEqual([
    {
      port: 'i2c1',
      transaction: {
        kind: 'read',
        address: 0x60,
        bytes: Uint8Array.of(4, 0x11, 0x33, 0x43),
        result: { ack: 'ack' },
        stop: true,
        time: 0.125,
      },
    },
    {
      port: undefined,
      transaction: {
        kind: 'write',
        address: 0,
        bytes: new Uint8Array(0),
        result: { ack: 'address-nack' },
        stop: true,
        time: undefined,
      },
    },
  ]);
});

test.each(['W', 'X 60 00', 'W 60 0', 'W 60 00 nack', 'CONNECT client="x"'])('a line %j is none', (line) => {
  expect(() => parseTranscript(`W 60 00\n${line}`)).toThrow(
    expect.objectContaining({ code: 'EMU_E_I2C_TRANSCRIPT', message: expect.stringContaining('line 2') }),
  );
});
