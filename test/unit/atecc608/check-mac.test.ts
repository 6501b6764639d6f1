import { createECDH } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Host, hex, keyConfigAt, makeChip, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import {
  checkMacData,
  filled,
  flipped,
  hasTempKey,
  loadTempKey,
  randomTempKey,
  sha256,
  takesTempKey,
  verifies,
} from '../../support/atecc608-messages.ts';

const CHECK_MAC = 0x28;
const MAC = 0x08;
const KEY = filled(0x4b);
const PARTNER = filled(0xa9);
const CHALLENGE = filled(0xc7);
const SEED = filled(0x6b);

const chip = (changes = {}, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes,
    lock,
    fill: (host) => {
      for (const slot of [4, 6, 9, 10, 12]) host.fill(slot, KEY);
      host.fill(13, PARTNER);
      host.status(0x12, 0x81, 0, filled(0x07));
    },
  });
/** Info's State: the key of the authorisation, and whether there is one. */
const authorisation = (host: Host) => toHex(host.command(0x30, 2).subarray(1, 2));

describe('CheckMac', () => {
  test('compares a response to a challenge', () => {
    const host = chip();
    expect(host.status(CHECK_MAC, 0x00, 9, checkMacData(KEY, CHALLENGE))).toBe(0);
    expect(host.status(CHECK_MAC, 0x00, 9, checkMacData(PARTNER, CHALLENGE))).toBe(0x01);
  });

  test('knows the MAC of another part', () => {
    // OtherData: MAC's own 08 00 0900, then zeros for OTP, SN[4:7] and SN[2:3].
    const response = chip().command(MAC, 0x00, 9, CHALLENGE);
    const data = Uint8Array.of(...CHALLENGE, ...response, ...hex('08000900 000000 00000000 0000'));
    expect(chip().status(CHECK_MAC, 0x00, 9, data)).toBe(0);
  });

  test('a bit flipped anywhere is a miscompare', () => {
    const host = chip();
    const data = checkMacData(KEY, CHALLENGE);
    for (let bit = 0; bit < 8 * data.length; bit++) {
      expect(host.status(CHECK_MAC, 0x00, 9, flipped(data, bit)), `bit ${bit}`).toBe(0x01);
      expect(authorisation(host)).toBe('00');
    }
  });

  test('takes TempKey for the challenge or for the key, where bit 2 matches its SourceFlag', () => {
    const host = chip();
    const random = randomTempKey(host);
    expect(host.status(CHECK_MAC, 0x05, 9, checkMacData(KEY, random))).toBe(0x0f);
    expect(host.status(CHECK_MAC, 0x01, 9, checkMacData(KEY, random))).toBe(0);
    expect(hasTempKey(host)).toBe(false);
    loadTempKey(host, SEED);
    expect(host.status(CHECK_MAC, 0x01, 9, checkMacData(KEY, SEED))).toBe(0x0f);
    expect(host.status(CHECK_MAC, 0x05, 9, checkMacData(KEY, SEED))).toBe(0);
    loadTempKey(host, SEED);
    expect(host.status(CHECK_MAC, 0x02, 9, checkMacData(SEED, CHALLENGE))).toBe(0x0f);
    expect(host.status(CHECK_MAC, 0x06, 9, checkMacData(SEED, CHALLENGE))).toBe(0);
    expect(hasTempKey(host)).toBe(false);
    expect(host.status(CHECK_MAC, 0x04, 9, checkMacData(KEY, CHALLENGE))).toBe(0);
  });

  test('takes OTP[0:7] in where bit 5 says so', () => {
    const host = chip();
    expect(host.status(CHECK_MAC, 0x20, 9, checkMacData(KEY, CHALLENGE, filled(0x07, 8)))).toBe(0);
    expect(host.status(CHECK_MAC, 0x20, 9, checkMacData(KEY, CHALLENGE))).toBe(0x01);
    expect(host.status(CHECK_MAC, 0x00, 9, checkMacData(KEY, CHALLENGE, filled(0x07, 8)))).toBe(0x01);
  });

  test('a miscompare takes TempKey and the authorisation away', () => {
    const host = chip();
    host.status(CHECK_MAC, 0x00, 9, checkMacData(KEY, CHALLENGE));
    expect(authorisation(host)).toBe('4C');
    loadTempKey(host, SEED);
    expect(host.status(CHECK_MAC, 0x05, 9, checkMacData(KEY, CHALLENGE))).toBe(0x01);
    expect(authorisation(host)).toBe('00');
    expect(hasTempKey(host)).toBe(false);
  });

  test('works between the locks, not before them', () => {
    expect(chip({}, 'config').status(CHECK_MAC, 0x00, 9, checkMacData(KEY, CHALLENGE))).toBe(0);
    const fresh = new Host(makeChip());
    expect(fresh.status(CHECK_MAC, 0x00, 9, checkMacData(filled(0xff), CHALLENGE))).toBe(0x0f);
  });

  test('never uses a private key', () => {
    expect(chip().status(CHECK_MAC, 0x00, 2, checkMacData(KEY, CHALLENGE))).toBe(0x0f);
  });

  test('ReqRandom asks a random TempKey where TempKey is the challenge', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(CHECK_MAC, 0x05, 4, checkMacData(KEY, SEED))).toBe(0x0f);
    const random = randomTempKey(host);
    expect(host.status(CHECK_MAC, 0x01, 4, checkMacData(KEY, random))).toBe(0);
  });

  test("ReqRandom asks nothing of the host's challenge alone", () => {
    const host = chip();
    expect(host.status(CHECK_MAC, 0x00, 4, checkMacData(KEY, CHALLENGE))).toBe(0);
    expect(host.status(CHECK_MAC, 0x00, 4, checkMacData(PARTNER, CHALLENGE))).toBe(0x01);
    expect(host.status(CHECK_MAC, 0x20, 4, checkMacData(KEY, CHALLENGE, filled(0x07, 8)))).toBe(0);
    // A TempKey of fixed input is not in the message.
    loadTempKey(host, SEED);
    expect(host.status(CHECK_MAC, 0x04, 4, checkMacData(KEY, CHALLENGE))).toBe(0);
  });

  test('LimitedUse counts each try, right or wrong', () => {
    const host = chip({ [slotConfigAt(9)]: 0x44e4 });
    host.status(CHECK_MAC, 0x00, 9, checkMacData(KEY, CHALLENGE));
    host.status(CHECK_MAC, 0x00, 9, checkMacData(PARTNER, CHALLENGE));
    expect(toHex(host.command(0x02, 0x00, 0x0d))).toBe('3FFFFFFF');
  });

  test('knows no other mode, key id or length', () => {
    const host = chip();
    const data = checkMacData(KEY, CHALLENGE);
    for (const mode of [0x03, 0x07, 0x08, 0x10, 0x40, 0x80]) expect(host.status(CHECK_MAC, mode, 9, data)).toBe(0x03);
    expect(host.status(CHECK_MAC, 0x00, 16, data)).toBe(0x03);
    expect(host.status(CHECK_MAC, 0x00, 9, data.subarray(1))).toBe(0x03);
  });
});

describe("CheckMac's copy", () => {
  const COPY = { [slotConfigAt(12)]: 0x0f00, [slotConfigAt(13)]: 0x0f80 };
  const prove = (host: Host, slot: number, key = KEY) => {
    loadTempKey(host, SEED);
    return host.status(CHECK_MAC, 0x05, slot, checkMacData(key, SEED));
  };

  test('brings the partner of an even slot whose ReadKey is 0 into TempKey', () => {
    const host = chip(COPY);
    expect(prove(host, 12)).toBe(0);
    expect(toHex(host.command(0x30, 2))).toBe('10E40000');
    expect(takesTempKey(host, PARTNER)).toBe(true);
  });

  test('brings an odd slot itself', () => {
    const host = chip(COPY);
    expect(prove(host, 13, PARTNER)).toBe(0);
    expect(takesTempKey(host, PARTNER)).toBe(true);
  });

  test('of a slot with NoMac keeps NoMacFlag', () => {
    const host = chip({ ...COPY, [slotConfigAt(13)]: 0x0f90 });
    expect(prove(host, 12)).toBe(0);
    expect(toHex(host.command(0x30, 2))).toBe('90E40000');
  });

  test('needs success, TempKey as the challenge, and ReadKey 0', () => {
    const host = chip(COPY);
    expect(prove(host, 12, PARTNER)).toBe(0x01);
    expect(hasTempKey(host)).toBe(false);
    expect(host.status(CHECK_MAC, 0x00, 12, checkMacData(KEY, CHALLENGE))).toBe(0);
    expect(hasTempKey(host)).toBe(false);
    expect(prove(host, 10)).toBe(0);
    expect(hasTempKey(host)).toBe(false);
  });

  test('never brings a private key', () => {
    const host = seedChip({
      changes: { [slotConfigAt(6)]: 0x0f80 },
      fill: (open) => {
        open.fill(6, KEY);
        open.command(0x40, 0x04, 7);
      },
    });
    expect(prove(host, 6)).toBe(0);
    expect(hasTempKey(host)).toBe(false);
  });
});

/** A party outside the chip: its point X||Y, and the X coordinate that it shares with another. */
function ecdhParty() {
  const ecdh = createECDH('prime256v1');
  const point = new Uint8Array(ecdh.generateKeys().subarray(1));
  return { point, agree: (peer: Uint8Array) => new Uint8Array(ecdh.computeSecret(Uint8Array.of(0x04, ...peer))) };
}

describe('ReqAuth', () => {
  // Slot 9's key asks for the authorisation by slot 10's.
  const GUARDED = { [keyConfigAt(9)]: 0x0abc };
  const authorise = (host: Host, slot = 10) =>
    host.status(CHECK_MAC, 0x00, slot, checkMacData(slot === 13 ? PARTNER : KEY, CHALLENGE));
  const use = (host: Host) => host.command(MAC, 0x00, 9, CHALLENGE).length === 32;

  test('CheckMac with the AuthKey authorises one use', () => {
    const host = chip(GUARDED);
    expect(use(host)).toBe(false);
    expect(authorise(host)).toBe(0);
    expect(authorisation(host)).toBe('54');
    expect([use(host), use(host)]).toEqual([true, false]);
    expect(authorisation(host)).toBe('00');
  });

  test('only with the AuthKey', () => {
    const host = chip(GUARDED);
    expect(authorise(host, 12)).toBe(0);
    expect(use(host)).toBe(false);
    authorise(host);
    expect(authorise(host, 13)).toBe(0);
    expect(use(host)).toBe(false);
  });

  test('not with TempKey in the place of the key', () => {
    const host = chip(GUARDED);
    loadTempKey(host, SEED);
    expect(host.status(CHECK_MAC, 0x06, 10, checkMacData(SEED, CHALLENGE))).toBe(0);
    expect(authorisation(host)).toBe('00');
    expect(use(host)).toBe(false);
  });

  test('survives idle, other commands and refusals, and not sleep', () => {
    const host = chip(GUARDED);
    authorise(host);
    host.command(0x1b);
    host.status(MAC, 0x80, 9, CHALLENGE);
    expect(use(host)).toBe(true);
    authorise(host);
    host.sleep();
    expect(use(host)).toBe(false);
  });

  test('holds for GenDig, CheckMac, Sign and ECDH too', () => {
    const host = seedChip({
      changes: { ...GUARDED, [keyConfigAt(0)]: 0x0ab3, [keyConfigAt(2)]: 0x0a93 },
      fill: (open) => {
        open.fill(10, KEY);
        open.fill(9, KEY);
        open.command(0x40, 0x04, 0);
        open.command(0x40, 0x04, 2);
      },
    });
    const point = host.command(0x40, 0x00, 0);
    const other = ecdhParty();
    const peer = host.command(0x40, 0x00, 2);
    const message = new TextEncoder().encode('a message');
    const success = (reply: Uint8Array) => expect(toHex(reply)).toBe('00');
    const commands: (readonly [use: () => Uint8Array, isRight: (reply: Uint8Array) => void])[] = [
      [() => host.command(0x15, 0x02, 9), success],
      [() => host.command(CHECK_MAC, 0x00, 9, checkMacData(KEY, CHALLENGE)), success],
      [() => host.command(0x41, 0xa0, 0), (reply) => expect(verifies(point, message, reply)).toBe(true)],
      [() => host.command(0x43, 0x0c, 2, other.point), (reply) => expect(toHex(reply)).toBe(toHex(other.agree(peer)))],
    ];
    loadTempKey(host, SEED);
    host.status(0x16, 0x43, 0, sha256(message));
    for (const [command, isRight] of commands) {
      expect(toHex(command())).toBe('0F');
      authorise(host);
      isRight(command());
      expect(toHex(command())).toBe('0F');
    }
  });
});
