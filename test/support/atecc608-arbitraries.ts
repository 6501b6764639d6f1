import fc from 'fast-check';
import { OPCODE } from '../../emulator/atecc608/index.ts';
import { hex } from './atecc608.ts';

export interface ChipCommand {
  readonly kind: 'command';
  readonly opcode: number;
  readonly param1: number;
  readonly param2: number;
  readonly data: Uint8Array;
}

export type Action = ChipCommand | { readonly kind: 'idle' | 'sleep' | 'reset' | 'powerCycle' | 'sweep' };

// RFC 5903 8.1.
const RESPONDER = hex(`D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63
       56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB`);
const POINTS = [
  RESPONDER,
  // RFC 6979 A.2.5.
  hex(`60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
       7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`),
];

const byte = fc.integer({ min: 0, max: 0xff });
const word = fc.integer({ min: 0, max: 0xffff });
const slot = fc.integer({ min: 0, max: 15 });
const bytes = (...lengths: number[]) =>
  fc.constantFrom(...lengths).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));

/** Mostly what the command knows, now and then anything. */
const mostly = (known: readonly number[], any: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: any });

const dataAddress = fc
  .tuple(slot, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 7 }))
  .map(([index, block, wordIndex]) => (block << 8) | (index << 3) | wordIndex);
const address = fc.oneof(
  { weight: 6, arbitrary: dataAddress },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 31 }) },
  { weight: 1, arbitrary: word },
);
const keyId = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: slot },
  { weight: 3, arbitrary: fc.constant(0xffff) },
  { weight: 1, arbitrary: word },
);

function command(
  opcode: number,
  param1: fc.Arbitrary<number>,
  param2: fc.Arbitrary<number>,
  data: fc.Arbitrary<Uint8Array> = fc.constant(new Uint8Array(0)),
): fc.Arbitrary<ChipCommand> {
  return fc.record({ kind: fc.constant('command' as const), opcode: fc.constant(opcode), param1, param2, data });
}

/** Every command of the table by its name, with parameters that it accepts and some that it does not. */
export const commandArbitraries = {
  Read: command(OPCODE.Read, mostly([0x00, 0x80, 0x01, 0x81, 0x02, 0x82, 0x82], byte), address),
  Write: fc.oneof(
    { weight: 4, arbitrary: command(OPCODE.Write, mostly([0x82, 0x82, 0x81, 0x80], byte), address, bytes(32)) },
    { weight: 2, arbitrary: command(OPCODE.Write, mostly([0x02, 0x02, 0x01, 0x00], byte), address, bytes(4)) },
    { weight: 1, arbitrary: command(OPCODE.Write, mostly([0xc2, 0x82], byte), address, bytes(4, 32, 64)) },
  ),
  Nonce: command(
    OPCODE.Nonce,
    mostly([0x00, 0x01, 0x03, 0x23, 0x43, 0x63, 0x83], byte),
    mostly([0, 0, 0, 0x8000], word),
    bytes(20, 32, 32, 64),
  ),
  Lock: command(
    OPCODE.Lock,
    fc.oneof(
      slot.map((index) => 0x02 | (index << 2)),
      byte,
    ),
    word,
  ),
  Random: command(OPCODE.Random, mostly([0, 1], byte), mostly([0], word)),
  UpdateExtra: command(OPCODE.UpdateExtra, mostly([0, 1], byte), byte),
  Info: command(OPCODE.Info, mostly([0, 1, 2, 3, 4], byte), fc.oneof(slot, word)),
  GenKey: command(
    OPCODE.GenKey,
    mostly([0x00, 0x04, 0x04, 0x08, 0x0c, 0x10], byte),
    keyId,
    fc.oneof({ weight: 4, arbitrary: fc.constant(new Uint8Array(0)) }, { weight: 1, arbitrary: bytes(3) }),
  ),
  Sign: command(OPCODE.Sign, mostly([0xa0, 0xa0, 0x80, 0x00, 0x41], byte), keyId),
  ECDH: command(
    OPCODE.ECDH,
    mostly([0x00, 0x04, 0x08, 0x0c, 0x0e, 0x05, 0x09, 0x0d, 0x0f, 0x0f], byte),
    keyId,
    fc.oneof({ weight: 7, arbitrary: fc.constantFrom(...POINTS) }, { weight: 1, arbitrary: bytes(64) }),
  ),
};

const fixed = (opcode: number, param1: number, param2: number, data: Uint8Array = new Uint8Array(0)): ChipCommand => ({
  kind: 'command',
  opcode,
  param1,
  param2,
  data,
});

/** What hosts do in several steps, and what chance alone would seldom do. */
const conversations: readonly (readonly Action[])[] = [
  [fixed(OPCODE.Write, 0x82, 0x0020, new Uint8Array(32).fill(0x4b)), fixed(OPCODE.Read, 0x80, 0x0000)],
  [fixed(OPCODE.Nonce, 0x43, 0, new Uint8Array(32)), fixed(OPCODE.Sign, 0xa0, 0)],
  [fixed(OPCODE.Nonce, 0x03, 0, new Uint8Array(32)), fixed(OPCODE.GenKey, 0x08, 0), fixed(OPCODE.Sign, 0x00, 0)],
  ...[0x09, 0x0d, 0x0f].map((mode) => [fixed(OPCODE.GenKey, 0x04, 0xffff), fixed(OPCODE.ECDH, mode, 0, RESPONDER)]),
  [fixed(OPCODE.GenKey, 0x04, 0xffff), fixed(OPCODE.Nonce, 0x00, 0x8000, new Uint8Array(20))],
];

export const actions: fc.Arbitrary<Action[]> = fc
  .array(
    fc.oneof(
      ...Object.values(commandArbitraries).map((arbitrary) => ({
        weight: 4,
        arbitrary: arbitrary.map((action): readonly Action[] => [action]),
      })),
      { weight: 6, arbitrary: fc.constantFrom(...conversations) },
      {
        weight: 3,
        arbitrary: fc
          .constantFrom('idle' as const, 'reset' as const, 'sweep' as const, 'sleep' as const, 'powerCycle' as const)
          .map((kind): readonly Action[] => [{ kind }]),
      },
    ),
    { minLength: 40, maxLength: 80, size: 'max' },
  )
  .map((steps) => steps.flat());
