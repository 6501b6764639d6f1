import { describe, expect, test } from 'vitest';
import { type Changes, type Host, hex, keyConfigAt, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import {
  checkMacData,
  digestKey,
  encryptedKey,
  encryptedWrite,
  filled,
  joined,
  loadTempKey,
  openSession,
  SERIAL,
  sha256,
  softKey,
  storedPoint,
  zeros,
} from '../../support/atecc608-messages.ts';

const SEED = filled(0x6b);
const KEY = filled(0x4b);
const key = softKey();
const signature = key.sign(SEED);
const SCALAR = sha256(hex('01'));

// Slot 2 takes keys and signs inside, 9 is read and written encrypted under 4's, 10 rolls, 12's partner is 13;
// the image's key is slot 15's and its digest slot 11's.
const CHANGES: Changes = {
  [slotConfigAt(2)]: 0x4487,
  [keyConfigAt(4)]: 0x003c,
  [slotConfigAt(10)]: 0x2a84,
  [slotConfigAt(12)]: 0x0f00,
  70: 0xfb03,
};
const chip = () =>
  seedChip({
    changes: CHANGES,
    fill: (host) => {
      for (const slot of [4, 9, 10, 12, 13]) host.fill(slot, KEY);
      host.fill(15, storedPoint(key.point));
      for (const slot of [0, 2, 7]) host.command(0x40, 0x04, slot);
    },
  });

type Use = (host: Host, tempKey: Uint8Array) => Uint8Array;
const byCommand =
  (opcode: number, param1 = 0, param2 = 0, data?: Uint8Array): Use =>
  (host) =>
    host.command(opcode, param1, param2, data);

/** After `load`, which gives TempKey its value, the command succeeds, and TempKey is as the table says. */
const load = (host: Host) => loadTempKey(host, SEED);
const session = (host: Host) => openSession(host, 4, KEY);
const slot9 = 9 << 3;

const CLEARS: [string, (host: Host) => Uint8Array, Use][] = [
  ['Sign, external from TempKey', load, byCommand(0x41, 0x80, 0)],
  ['Sign, internal', (host) => digestKey(host, 9, KEY, load(host)), byCommand(0x41, 0x00, 7)],
  ['MAC with TempKey', load, byCommand(0x08, 0x05, 9)],
  ['CheckMac with TempKey', load, byCommand(0x28, 0x05, 9, checkMacData(KEY, SEED))],
  ['encrypted Read', session, byCommand(0x02, 0x82, slot9)],
  [
    'encrypted Write',
    session,
    (host, tempKey) => host.command(0x12, 0xc2, slot9, encryptedWrite(tempKey, 0xc2, slot9, SEED)),
  ],
  ['PrivWrite', session, (host, tempKey) => host.command(0x46, 0x40, 2, encryptedKey(tempKey, 2, SCALAR))],
  ['DeriveKey', load, byCommand(0x1c, 0x04, 10)],
  ['SecureBoot', load, byCommand(0x80, 0x05, 0, joined(sha256(SEED), signature))],
  [
    'ECDH from TempKey',
    (host) => {
      host.command(0x40, 0x04, 0xffff);
      return zeros(0);
    },
    byCommand(0x43, 0x0d, 0, key.point),
  ],
];

const KEEPS: [string, Use][] = [
  ['Random', byCommand(0x1b)],
  ['Info', byCommand(0x30)],
  ['Read in clear', byCommand(0x02, 0x80)],
  ['Write in clear', byCommand(0x12, 0x82, 8 << 3, SEED)],
  ['GenKey without digest', byCommand(0x40, 0x04, 3)],
  ['GenKey, public', byCommand(0x40, 0x00, 0)],
  ['Verify, stored', (host) => verifyBesides(host, 0x20, 15, signature)],
  ['Verify, external', (host) => verifyBesides(host, 0x22, 4, joined(signature, key.point))],
  ['Nonce to the Message Digest Buffer', byCommand(0x16, 0x43, 0, KEY)],
  ['Nonce to the Alternate Key Buffer', byCommand(0x16, 0x83, 0, KEY)],
  ['MAC without TempKey', byCommand(0x08, 0x00, 9, KEY)],
  ['CheckMac without TempKey', byCommand(0x28, 0x00, 9, checkMacData(KEY, KEY))],
  ['Sign from the Message Digest Buffer', (host) => signBesides(host)],
  ['ECDH from a slot to the output', byCommand(0x43, 0x0c, 2, key.point)],
  ['UpdateExtra', byCommand(0x20, 0x00, 0)],
  ['SHA, start', byCommand(0x47, 0x00)],
  ['Counter', byCommand(0x24, 0x00, 0)],
];

const OVERWRITES: [string, Use, string][] = [
  ['Nonce', byCommand(0x16, 0x03, 0, KEY), '10800000'],
  ['GenDig', byCommand(0x15, 0x02, 9), '39800000'],
  ['GenKey with digest', byCommand(0x40, 0x08, 0), '50800000'],
  ['GenKey, digest of a stored key', byCommand(0x40, 0x10, 15, hex('000000')), '5F800000'],
  ["CheckMac's copy", byCommand(0x28, 0x05, 12, checkMacData(KEY, SEED)), '10E40000'],
  ['ECDH to TempKey', byCommand(0x43, 0x08, 2, key.point), '10800000'],
];

const state = (host: Host) => toHex(host.command(0x30, 2));
const valid = (host: Host) => (Number.parseInt(state(host).slice(2, 4), 16) & 0x80) !== 0;
const isSuccess = (answer: Uint8Array) => answer.length > 1 || answer[0] === 0;

describe('TempKey', () => {
  test.each(CLEARS)('is cleared by %s', (_, prepare, use) => {
    const host = chip();
    const tempKey = prepare(host);
    expect(valid(host)).toBe(true);
    expect(isSuccess(use(host, tempKey))).toBe(true);
    expect(valid(host)).toBe(false);
  });

  test.each(KEEPS)('is kept by %s', (_, use) => {
    const host = chip();
    const before = load(host);
    expect(isSuccess(use(host, before))).toBe(true);
    const numIn = zeros(20);
    expect(host.command(0x16, 0x00, 0x8000, numIn)).toEqual(sha256(SEED, numIn, hex('160000')));
  });

  test.each(OVERWRITES)('is overwritten by %s', (_, use, after) => {
    const host = chip();
    expect(isSuccess(use(host, load(host)))).toBe(true);
    expect(state(host)).toBe(after);
  });

  test('survives idle and is gone with sleep', () => {
    const host = chip();
    const digest = digestKey(host, 9, KEY, load(host));
    expect(digest).toEqual(sha256(KEY, hex('15 02 0900'), SERIAL, zeros(25), SEED));
    host.chip.generalCall();
    host.chip.write(hex('02'));
    expect(state(host)).toBe('39800000');
    host.sleep();
    expect(state(host)).toBe('00000000');
  });
});

function verifyBesides(host: Host, mode: number, keyId: number, data: Uint8Array): Uint8Array {
  host.status(0x16, 0x43, 0, sha256(SEED));
  return host.command(0x45, mode, keyId, data);
}

function signBesides(host: Host): Uint8Array {
  host.status(0x16, 0x43, 0, SEED);
  return host.command(0x41, 0xa0, 0);
}
