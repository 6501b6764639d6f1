import fc from 'fast-check';
import { OPCODE } from '../../emulator/atecc608/index.ts';
import { hex } from './atecc608.ts';
import { checkMacData, filled, joined } from './atecc608-messages.ts';

export interface ChipCommand {
  readonly kind: 'command';
  readonly opcode: number;
  readonly param1: number;
  readonly param2: number;
  readonly data: Uint8Array;
}

// RFC 5903 8.1.
const RESPONDER = hex(`D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63
       56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB`);
const POINTS = [
  RESPONDER,
  // RFC 6979 A.2.5.
  hex(`60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
       7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`),
];

// RFC 6979 A.2.5: the signature of "sample" with SHA-256 under the second point.
const SAMPLE_SIGNATURE = hex(`EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
       F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8`);

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

/** A command whose data follow from its mode: their length, or what stands at their head. */
const commandWith = (opcode: number, modes: fc.Arbitrary<[mode: number, param2: number, data: Uint8Array]>) =>
  modes.map(([param1, param2, data]): ChipCommand => ({ kind: 'command', opcode, param1, param2, data }));

/** Details and message of KDF; some do not fit each other. */
const kdfData = (algorithm: number) => {
  const [details, message] = [
    [fc.constantFrom(0x000, 0x001, 0x100, 0x103, 0x300, 0x200), bytes(1, 32, 100)],
    [fc.constantFrom(0x000, 0x001, 0x003), bytes(16, 16, 15)],
    [fc.constantFrom(0x02, 0x06, 0x03), bytes(0, 20, 64)],
    [fc.constantFrom(0x00, 0x01, 0x04, 0x05), fc.constant(new Uint8Array(0))],
  ][algorithm] as [fc.Arbitrary<number>, fc.Arbitrary<Uint8Array>];
  return fc
    .tuple(details, message, algorithm === 3 ? fc.constantFrom(20, 32, 200) : fc.constant(undefined))
    .map(([word, text, length]) => Uint8Array.of(word, word >> 8, 0, length ?? text.length, ...text));
};
const kdf = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 6 }), slot, slot)
  .chain(([algorithm, source, target, from, to]) =>
    fc.tuple(
      fc.constant((Math.min(algorithm, 2) << 5) | (target << 2) | source),
      mostly([(to << 8) | from], word),
      kdfData(algorithm),
    ),
  );

const shaData = (modes: readonly number[], ...lengths: number[]) =>
  fc
    .tuple(fc.constantFrom(...modes), bytes(...lengths))
    .map(([mode, data]): [number, number, Uint8Array] => [mode, data.length, data]);
/** A context whose length fits the bytes that wait, most of the time. */
const shaContext = fc
  .tuple(bytes(36, 41, 99), fc.integer({ min: 0, max: 9 }))
  .map(([data, blocks]): [number, number, Uint8Array] => {
    data.set([(64 * blocks + data.length - 36) & 0xff, blocks >> 2, 0, 0]);
    return [0x07, data.length, data];
  });

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
  GenDig: fc.oneof(
    { weight: 4, arbitrary: command(OPCODE.GenDig, mostly([0, 1, 2, 2, 4, 5], byte), keyId) },
    { weight: 2, arbitrary: command(OPCODE.GenDig, mostly([2], byte), slot, bytes(4)) },
    { weight: 1, arbitrary: command(OPCODE.GenDig, mostly([3], byte), mostly([0, 0x8000], word), bytes(32)) },
  ),
  MAC: fc.oneof(
    { weight: 2, arbitrary: command(OPCODE.MAC, mostly([0x00, 0x04, 0x40, 0x06], byte), slot, bytes(32)) },
    { weight: 1, arbitrary: command(OPCODE.MAC, mostly([0x01, 0x05, 0x07], byte), slot) },
  ),
  CheckMac: command(
    OPCODE.CheckMac,
    mostly([0x00, 0x01, 0x05, 0x06, 0x20], byte),
    slot,
    fc.oneof(fc.constant(checkMacData(filled(0x4b), filled(0x11))), bytes(77)),
  ),
  DeriveKey: command(OPCODE.DeriveKey, mostly([0x00, 0x04], byte), slot, bytes(0, 32)),
  PrivWrite: command(OPCODE.PrivWrite, mostly([0x00, 0x40], byte), slot, bytes(68)),
  Verify: fc.oneof(
    { weight: 1, arbitrary: command(OPCODE.Verify, mostly([0x02, 0x22, 0x82], byte), fc.constant(4), bytes(128)) },
    {
      weight: 2,
      arbitrary: command(
        OPCODE.Verify,
        mostly([0x02, 0x22], byte),
        fc.constant(4),
        fc.constant(joined(SAMPLE_SIGNATURE, POINTS[1] as Uint8Array)),
      ),
    },
    { weight: 1, arbitrary: command(OPCODE.Verify, mostly([0x00, 0x20, 0x03, 0x07], byte), slot, bytes(64, 83)) },
  ),
  SecureBoot: command(OPCODE.SecureBoot, mostly([0x05, 0x06, 0x07, 0x85], byte), mostly([0], word), bytes(32, 96)),
  SHA: fc.oneof(
    { weight: 4, arbitrary: command(OPCODE.SHA, fc.constantFrom(0x00, 0x06, 0x06), mostly([0], word)) },
    { weight: 3, arbitrary: command(OPCODE.SHA, fc.constantFrom(0x03, 0x04, 0x04), keyId) },
    { weight: 4, arbitrary: commandWith(OPCODE.SHA, shaData([0x01], 0, 1, 64, 144)) },
    { weight: 4, arbitrary: commandWith(OPCODE.SHA, shaData([0x02, 0x42, 0xc2], 0, 20, 64, 65)) },
    { weight: 1, arbitrary: commandWith(OPCODE.SHA, shaContext) },
    { weight: 1, arbitrary: command(OPCODE.SHA, byte, word, bytes(0, 36, 64)) },
  ),
  AES: fc.oneof(
    { weight: 5, arbitrary: command(OPCODE.AES, mostly([0x00, 0x01, 0x40, 0x81], byte), keyId, bytes(16)) },
    { weight: 1, arbitrary: command(OPCODE.AES, mostly([0x03], byte), keyId, bytes(32)) },
  ),
  KDF: commandWith(OPCODE.KDF, kdf),
  SelfTest: command(OPCODE.SelfTest, mostly([0x00, 0x01, 0x20, 0x3b, 0x3d], byte), mostly([0], word)),
  Counter: command(OPCODE.Counter, mostly([0, 1, 1], byte), mostly([0, 1], word)),
};
