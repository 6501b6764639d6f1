import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STATUS, type UnspecifiedBehaviour } from '../../../emulator/atecc608/index.ts';
import { SAFE } from '../../../emulator/atecc608/unspecified-behaviour.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import {
  type Changes,
  type Host,
  hex,
  keyConfigAt,
  type SeedChipOptions,
  seedChip,
  slotConfigAt,
  toHex,
} from '../../support/atecc608.ts';
import {
  checkMacData,
  encryptedKey,
  encryptedWrite,
  filled,
  flipped,
  loadTempKey,
  openSession,
  randomTempKey,
  softKey,
  storedPoint,
} from '../../support/atecc608-messages.ts';

const SHA = 0x47;
const ECDH = 0x43;
const KDF = 0x56;
const KEY = filled(0x4b);
const CHALLENGE = filled(0xc7);
const PEER = nodeCrypto.publicKey(KEY) ?? new Uint8Array(0);

const chip = (unspecifiedBehaviour: Partial<UnspecifiedBehaviour>, options: SeedChipOptions = {}) =>
  seedChip({
    unspecifiedBehaviour,
    ...options,
    fill: (host) => {
      for (const slot of [4, 10, 12]) host.fill(slot, KEY);
      host.command(0x40, 0x04, 0);
    },
  });

test.each([13_000, 10_000] as const)('watchdogLongMs: %i', async (watchdogLongMs) => {
  const clock = new ManualClock();
  const { chip: target } = chip({ watchdogLongMs }, { clock, changes: { 18: 0x0400 } });
  target.generalCall();
  await clock.advance(watchdogLongMs - 1);
  expect(target.read(4)).toEqual(hex('04113343'));
  await clock.advance(1);
  expect(target.read(4)).toBeUndefined();
});

test.each(['sleep', 'powerCycle'] as const)('addressChange: %s', (addressChange) => {
  const host = seedChip({ unspecifiedBehaviour: { addressChange }, lock: 'none' });
  expect(host.status(0x12, 0x00, 4, hex('6A 00 00 00'))).toBe(0);
  host.sleep();
  expect(host.chip.address).toBe(addressChange === 'sleep' ? 0x35 : 0x60);
  host.chip.powerCycle();
  expect(host.chip.address).toBe(0x35);
});

test.each([STATUS.Miscompare, STATUS.ExecutionError] as const)('wrongMac: %i', (wrongMac) => {
  const rolled = { [slotConfigAt(10)]: 0xa08f, [slotConfigAt(2)]: 0x4487 };
  const host = chip({ wrongMac }, { changes: rolled });
  const write = encryptedWrite(openSession(host, 4, KEY), 0xc2, 9 << 3, KEY);
  expect(host.status(0x12, 0xc2, 9 << 3, flipped(write, 511))).toBe(wrongMac);
  const scalar = encryptedKey(openSession(host, 4, KEY), 2, KEY);
  expect(host.status(0x46, 0x40, 2, flipped(scalar, 543))).toBe(wrongMac);
  randomTempKey(host);
  expect(host.status(0x1c, 0x00, 10, KEY)).toBe(wrongMac);
});

test.each([STATUS.ExecutionError, STATUS.ParseError] as const)('refusedConfigWrite: %i', (refusedConfigWrite) => {
  const host = seedChip({ unspecifiedBehaviour: { refusedConfigWrite }, lock: 'none' });
  for (const word of [0, 3, 21]) expect(host.status(0x12, 0x00, word, hex('00000000'))).toBe(refusedConfigWrite);
  for (const block of [0, 2]) expect(host.status(0x12, 0x80, block << 3, KEY)).toBe(refusedConfigWrite);
  host.lockConfig();
  expect(host.status(0x12, 0x00, 21, hex('00000000'))).toBe(STATUS.ExecutionError);
});

test.each([STATUS.ParseError, STATUS.ExecutionError] as const)('badAddress: %i', (badAddress) => {
  const host = chip({ badAddress });
  for (const [mode, address] of [
    [0x80, 4 << 3],
    [0x81, 2 << 3],
    [0x82, (3 << 8) | (10 << 3)],
    [0x82, 0x0080 | (10 << 3)],
    [0x02, (2 << 8) | (10 << 3) | 2],
  ] as const) {
    expect(host.status(0x02, mode, address)).toBe(badAddress);
    expect(host.status(0x12, mode, address, mode & 0x80 ? KEY : hex('00000000'))).toBe(badAddress);
  }
  expect(host.status(0x02, 0x83, 0)).toBe(STATUS.ParseError);
});

test.each([0x00, 0xff] as const)('readPad: %i', (readPad) => {
  const host = chip({ readPad }, { changes: { [slotConfigAt(10)]: 0x0f0f } });
  expect(host.command(0x02, 0x82, (2 << 8) | (10 << 3))).toEqual(
    Uint8Array.of(...filled(0xff, 8), ...filled(readPad, 24)),
  );
  openSession(host, 4, KEY);
  expect(host.command(0x02, 0x82, (2 << 8) | (9 << 3)).subarray(8)).toEqual(filled(readPad, 24));
});

test.each(['writable', 'refused'] as const)('otpBetweenLocks: %s', (otpBetweenLocks) => {
  const host = seedChip({ unspecifiedBehaviour: { otpBetweenLocks }, lock: 'config' });
  expect(host.status(0x12, 0x81, 0, KEY)).toBe(otpBetweenLocks === 'writable' ? 0 : 0x0f);
});

test.each(['allowed', 'refused'] as const)('privateKeysBetweenLocks: %s', (privateKeysBetweenLocks) => {
  const length = privateKeysBetweenLocks === 'allowed' ? [64, 32, 32] : [1, 1, 1];
  const uses = (host: Host) => {
    host.status(0x16, 0x43, 0, CHALLENGE);
    const [signature, secret] = [host.command(0x41, 0xa0, 0), host.command(ECDH, 0x0c, 2, PEER)];
    host.command(0x40, 0x04, 0xffff);
    return [signature, secret, host.command(ECDH, 0x0d, 0, PEER)].map((answer) => answer.length);
  };
  const host = chip({ privateKeysBetweenLocks }, { lock: 'config' });
  host.command(0x40, 0x04, 2);
  expect(uses(host)).toEqual(length);
  host.lockData();
  expect(uses(host)).toEqual([64, 32, 32]);
});

test.each(['allowed', 'refused'] as const)('counterBeforeConfigLock: %s', (counterBeforeConfigLock) => {
  const host = seedChip({ unspecifiedBehaviour: { counterBeforeConfigLock }, lock: 'none' });
  expect(toHex(host.command(0x24, 1, 0))).toBe(counterBeforeConfigLock === 'allowed' ? '01000000' : '0F');
  expect(host.command(0x24, 0, 0)).toHaveLength(4);
  host.lockConfig();
  expect(host.command(0x24, 1, 0)).toHaveLength(4);
});

test.each(['oneUse', 'untilSleep'] as const)('authorisation: %s', (authorisation) => {
  // Slot 12's key asks for the authorisation by slot 10's, and so does the latch.
  const host = chip({ authorisation }, { changes: { [keyConfigAt(12)]: 0x0abc, 68: 0x8a00 } });
  const use = () => host.command(0x08, 0x00, 12, CHALLENGE).length === 32;
  const setLatch = () => host.command(0x30, 4, 0x0003).length === 4;
  const prove = () => host.status(0x28, 0x00, 10, checkMacData(KEY, CHALLENGE));
  const again = authorisation === 'untilSleep';
  prove();
  expect([use(), use()]).toEqual([true, again]);
  prove();
  expect([setLatch(), setLatch()]).toEqual([true, again]);
  host.sleep();
  expect(use()).toBe(false);
});

test.each(['honoured', 'ignored'] as const)('useLock: %s', (useLock) => {
  const host = chip({ useLock }, { changes: { 68: 0x00aa } });
  expect(host.command(0x08, 0x00, 12, CHALLENGE)).toHaveLength(useLock === 'honoured' ? 1 : 32);
});

/** Whether ECDH and KDF keep their results inside, and whether they let them out. */
function results(unspecifiedBehaviour: Partial<UnspecifiedBehaviour>, chipOptions: number) {
  const host = chip(unspecifiedBehaviour, { changes: { 90: chipOptions, [slotConfigAt(0)]: 0x2087 } });
  const message = hex('02 00 00 01 AA');
  const inside = [host.status(ECDH, 0x08, 0, PEER), host.status(KDF, 0x4e, 10, message)];
  const outside = [host.command(ECDH, 0x0e, 0, PEER).length, host.command(KDF, 0x56, 10, message).length];
  return { inside, outside };
}

const INSIDE_ONLY = { inside: [0x00, 0x00], outside: [1, 1] };
const NOTHING = { inside: [0x0f, 0x0f], outside: [1, 1] };

test.each(['noOutput', 'prohibited'] as const)('protection2: %s', (protection2) => {
  expect(results({ protection2 }, 0x4a02)).toEqual(protection2 === 'noOutput' ? INSIDE_ONLY : NOTHING);
});

test.each(['noOutput', 'prohibited'] as const)('protection3: %s', (protection3) => {
  expect(results({ protection3 }, 0x4f02)).toEqual(protection3 === 'noOutput' ? INSIDE_ONLY : NOTHING);
});

test.each([1, 0] as const)('resultSourceFlag: %i', (resultSourceFlag) => {
  const host = chip({ resultSourceFlag }, { changes: { [slotConfigAt(0)]: 0x2087 } });
  const flags = () => toHex(host.command(0x30, 2).subarray(0, 1));
  const expected = resultSourceFlag === 1 ? '10' : '00';
  host.status(SHA, 0);
  host.command(SHA, 0x02);
  expect(flags()).toBe(expected);
  for (const target of [0x00, 0x04]) {
    loadTempKey(host, KEY);
    expect(host.status(KDF, 0x42 | target, 10, hex('02 00 00 01 AA'))).toBe(0);
    expect(flags()).toBe(expected);
  }
  expect(host.status(ECDH, 0x08, 0, PEER)).toBe(0);
  expect(flags()).toBe(expected);
  loadTempKey(host, KEY);
  expect(flags()).toBe('10');
});

test.each([36, 40] as const)('shaContextHead: %i', (shaContextHead) => {
  const host = seedChip({ unspecifiedBehaviour: { shaContextHead } });
  host.status(SHA, 0);
  host.status(SHA, 1, 3, hex('616263'));
  const context = host.command(SHA, 6);
  // FIPS 180-4 5.3.3, the words little-endian, behind the length.
  const length = shaContextHead === 36 ? '03000000' : '0300000000000000';
  expect(toHex(context)).toBe(`${length}67E6096A85AE67BB72F36E3C3AF54FA57F520E518C68059BABD9831F19CDE05B616263`);
  host.sleep();
  expect(host.status(SHA, 7, context.length, context)).toBe(0);
  expect(toHex(host.command(SHA, 0xc2))).toBe('BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD');
  const beyond = context.slice();
  beyond[4] = (beyond[4] ?? 0) ^ 1;
  expect(host.status(SHA, 7, context.length, beyond)).toBe(shaContextHead === 36 ? 0 : 0x03);
});

test.each(['refused', 'ignored'] as const)('x509Format: %s', (x509Format) => {
  const key = softKey();
  const changes: Changes = { 92: 0x0021, 70: 0xfc01 };
  const host = seedChip({
    unspecifiedBehaviour: { x509Format },
    changes,
    fill: (open) => open.fill(15, storedPoint(key.point)),
  });
  const status = x509Format === 'ignored' ? 0 : 0x0f;
  const signature = key.sign(KEY);
  const digest = nodeCrypto.sha256(KEY);
  loadTempKey(host, digest);
  expect(host.status(0x45, 0x00, 15, signature)).toBe(status);
  expect(host.status(0x80, 0x05, 0, Uint8Array.of(...digest, ...signature))).toBe(status);
});

const page = readFileSync('docs/atecc608a.md', 'utf8');

test('docs/atecc608a.md has a row for each of them, the value where nobody says otherwise first', () => {
  const start = page.indexOf('\n## Options');
  const rows = page.slice(start, page.indexOf('\n## ', start + 1)).matchAll(/^\| `(\w+)` \| `(\w+)`, `\w+` \|/gm);
  const shown = Object.fromEntries([...rows].map(([, name, value]) => [name, value]));
  const asShown = (value: string | number) => (typeof value === 'number' && value < 32 ? hexShown(value) : `${value}`);
  expect(shown).toEqual(Object.fromEntries(Object.entries(SAFE).map(([name, value]) => [name, asShown(value)])));
});

const hexShown = (value: number) => value.toString(16).toUpperCase().padStart(2, '0');
