import { expect, test } from 'vitest';
import { decodeConfig, FINDINGS, type FindingCode, lintConfig, slotViews } from '../../../emulator/atecc608/index.ts';
import { type Changes, hex, keyConfigAt, makeChip, SEED_CONFIGURATION, slotConfigAt } from '../../support/atecc608.ts';

/** Both zones locked; every slot is a secret that nobody reads and nobody writes. */
const SAFE = hex(`
  0123A1B2 00006002 C3D4E5F6EE 01 55 00 C0000000 ${'8F8F'.repeat(16)}
  FFFFFFFF00000000 FFFFFFFF00000000 00000000 00000000 00000000 00000000 00000000 FFFF 0000 00000000 ${'3C00'.repeat(16)}`);

function safeBut(changes: Changes) {
  const bytes = SAFE.slice();
  for (const [offset, word] of Object.entries(changes)) bytes.set([word & 0xff, word >> 8], Number(offset));
  return decodeConfig(bytes);
}

const CHIP_OPTIONS = 90;
const SECURE_BOOT = 70;

const CASES: readonly (readonly [FindingCode, slot: number | undefined, Changes])[] = [
  ['config-unlocked', undefined, { 86: 0x5500 }],
  ['data-unlocked', undefined, { 86: 0x0055 }],
  ['address-changeable', undefined, { 18: 0x0100 }],
  ['private-not-secret', 0, { [slotConfigAt(0)]: 0x0001, [keyConfigAt(0)]: 0x0033 }],
  ['private-key-type', 0, { [slotConfigAt(0)]: 0x0081, [keyConfigAt(0)]: 0x003d }],
  ['reserved-key-type', 1, { [keyConfigAt(1)]: 0x0004 }],
  ['key-readable', 4, { [slotConfigAt(5)]: 0x80c4, [slotConfigAt(4)]: 0x800f }],
  ['key-readable', 4, { [slotConfigAt(5)]: 0x448f, [slotConfigAt(4)]: 0x800f }],
  ['key-readable', 4, { [keyConfigAt(5)]: 0x04bc, [slotConfigAt(4)]: 0x800f }],
  ['key-readable', 4, { [slotConfigAt(5)]: 0x348f, [slotConfigAt(4)]: 0x800f }],
  ['key-writable', 4, { [slotConfigAt(5)]: 0x80c4, [slotConfigAt(4)]: 0x008f }],
  ['key-is-private', 4, { [slotConfigAt(5)]: 0x80c4, [slotConfigAt(4)]: 0x0081, [keyConfigAt(4)]: 0x0033 }],
  ['aes-key-readable', 3, { [slotConfigAt(3)]: 0x800f, [keyConfigAt(3)]: 0x0038 }],
  ['encrypt-read-in-vain', 3, { [slotConfigAt(3)]: 0x804f }],
  ['private-key-replaceable', 2, { [slotConfigAt(2)]: 0x2081, [keyConfigAt(2)]: 0x0033 }],
  ['private-key-importable', 2, { [slotConfigAt(2)]: 0x4481, [keyConfigAt(2)]: 0x0033 }],
  ['io-key-readable', 6, { [CHIP_OPTIONS]: 0x6002, [slotConfigAt(6)]: 0x800f }],
  ['io-key-writable', 6, { [CHIP_OPTIONS]: 0x6002, [slotConfigAt(6)]: 0x008f }],
  ['ecdh-in-clear', 2, { [slotConfigAt(2)]: 0x0084, [keyConfigAt(2)]: 0x0033 }],
  ['ecdh-secret-readable', 3, { [slotConfigAt(2)]: 0x008c, [keyConfigAt(2)]: 0x0033, [slotConfigAt(3)]: 0x800f }],
  ['secure-boot-key-writable', 15, { [SECURE_BOOT]: 0xf001, [slotConfigAt(15)]: 0x000f, [keyConfigAt(15)]: 0x0030 }],
  ['secure-boot-digest-writable', 7, { [SECURE_BOOT]: 0xf703, [slotConfigAt(7)]: 0x008f }],
  ['count-limit-writable', 10, { 18: 0x00a1, [slotConfigAt(10)]: 0x008f }],
  ['check-mac-copies', 9, { [slotConfigAt(9)]: 0x8f80 }],
];

test('nothing is to be said of a chip that keeps everything to itself', () => {
  expect(lintConfig(safeBut({}))).toEqual([]);
});

test.each(CASES)('%s is found, and nothing else', (code, slot, changes) => {
  const findings = lintConfig(safeBut(changes));
  expect(findings.map(({ code, slot }) => [code, slot])).toEqual([[code, slot]]);
});

test('every finding has its case here', () => {
  expect(new Set(CASES.map(([code]) => code))).toEqual(new Set(Object.keys(FINDINGS)));
});

test.each([
  ['a locked private key', { [slotConfigAt(2)]: 0x6481, [keyConfigAt(2)]: 0x0033, 88: 0xfffb }],
  ['a public key that authorises', { [keyConfigAt(5)]: 0x0bbc, [slotConfigAt(11)]: 0x8f0f, [keyConfigAt(11)]: 0x0030 }],
  ['an IO protection key that is not in use', { [CHIP_OPTIONS]: 0x6000, [slotConfigAt(6)]: 0x008f }],
  ['ECDH that must be encrypted', { [slotConfigAt(2)]: 0x0084, [keyConfigAt(2)]: 0x0033, [CHIP_OPTIONS]: 0x0100 }],
  ['secure boot that stores nothing', { [SECURE_BOOT]: 0xf701, [slotConfigAt(7)]: 0x008f }],
  [
    'WriteKey of a key that DeriveKey rolls, which has no parent',
    { [slotConfigAt(5)]: 0x248f, [slotConfigAt(4)]: 0x800f },
  ],
  ['WriteKey of a slot that is written while it is invalid', { [slotConfigAt(5)]: 0x148f, [slotConfigAt(4)]: 0x800f }],
])('%s is fine', (_, changes) => {
  expect(lintConfig(safeBut(changes))).toEqual([]);
});

test('the worst comes first', () => {
  const { memory } = makeChip();
  const order = ['danger', 'warning', 'note'];
  const ranks = lintConfig(decodeConfig(memory)).map(({ severity }) => order.indexOf(severity));
  expect(ranks.length).toBeGreaterThan(3);
  expect(ranks).toEqual(ranks.toSorted());
});

test('the original firmware’s slots are what its authors meant', () => {
  const bytes = SAFE.slice();
  bytes.set(SEED_CONFIGURATION.subarray(0, 68), 16);
  bytes.set(SEED_CONFIGURATION.subarray(72), 88);
  const views = slotViews(decodeConfig(bytes));
  expect(views[0]).toEqual({
    slot: 0,
    holds: 'private key',
    read: 'never',
    write: 'never',
    abilities: [
      'signs digests of the host',
      'signs the state of the chip',
      'ECDH into slot 1',
      'gives its public key',
      'GenKey replaces it',
      'lockable',
    ],
  });
  expect(views[1]).toMatchObject({ holds: 'secret', read: 4, write: 4 });
  expect(views[4]).toMatchObject({ holds: 'secret', read: 'never', write: 'clear' });
  expect(views[8]).toMatchObject({ holds: 'data', read: 'clear', write: 'clear' });
});

test.each([
  [0x2f8f, 'DeriveKey rolls it'],
  [0x368f, 'DeriveKey derives it from slot 6'],
  [0xb68f, 'DeriveKey derives it from slot 6, with a MAC'],
])('a slot with SlotConfig %i: %s', (slotConfig, ability) => {
  expect(slotViews(safeBut({ [slotConfigAt(5)]: slotConfig }))[5]?.abilities).toContain(ability);
});

test.each([
  ['with AES_Enable', 0x01, ['AES', 'MAC, GenDig, CheckMac, HMAC, KDF']],
  ['without', 0x00, ['MAC, GenDig, CheckMac, HMAC, KDF']],
])('what an AES key is for, %s', (_, aesEnable, abilities) => {
  const config = safeBut({ [slotConfigAt(5)]: 0x008f, [keyConfigAt(5)]: 0x0018 });
  expect(slotViews({ ...config, aesEnable })[5]).toMatchObject({ holds: 'AES key', abilities });
});
