import { beforeEach, describe, expect, test } from 'vitest';
import { slotOffset } from '../../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import {
  chipHmac,
  chipKdf,
  chipKdfInto,
  chipLoad,
  type KdfRequest,
  kdfResult,
  TEMP_KEY,
} from '../../../../emulator/host-library/index.ts';
import { AES_SLOT, hostAndDriver, IO_KEY, MASTER, ROLLED_SLOT } from '../../../support/atecc-host.ts';

let { chip, driver } = hostAndDriver();
beforeEach(() => {
  ({ chip, driver } = hostAndDriver());
});

const counting = (length: number) => Uint8Array.from({ length }, (_, index) => 0xf0 ^ index);
const MESSAGE = counting(40);
const BLOCK = counting(16);
const IO = { key: IO_KEY, crypto: nodeCrypto };
const SHORT = { algorithm: 'PRF', keySize: 32, outputSize: 32 } as const;
const LONG = { algorithm: 'PRF', keySize: 32, outputSize: 64 } as const;
const HKDF = { algorithm: 'HKDF' } as const;
const HMAC_MESSAGE = counting(9);

describe('host and chip agree on KDF', () => {
  const requests: [KdfRequest, Uint8Array][] = [
    ...([16, 32, 48, 64] as const).flatMap((keySize): [KdfRequest, Uint8Array][] => [
      [{ algorithm: 'PRF', keySize, outputSize: 32 }, MESSAGE],
      [{ algorithm: 'PRF', keySize, outputSize: 64 }, MESSAGE],
    ]),
    ...[0, 1, 2, 3].map((keyBlock): [KdfRequest, Uint8Array] => [{ algorithm: 'AES', keyBlock }, BLOCK]),
    [HKDF, MESSAGE],
    [HKDF, new Uint8Array(0)],
  ];

  test.each(requests)('%j, from TempKey, in clear and encrypted', (request, message) => {
    const key = counting(64);
    chipLoad(driver, 'tempKey', key);
    const own = kdfResult(nodeCrypto, key, request, message);
    expect(chipKdf(driver, 'tempKey', request, message)).toEqual(own);
    expect(chipKdf(driver, 'tempKey', request, message, IO)).toEqual(own);
  });

  test('from a slot and from each register', () => {
    chipLoad(driver, 'tempKey', counting(64));
    chipLoad(driver, 'alternateKeyBuffer', counting(32).reverse());
    for (const [source, key] of [
      [MASTER.slot, MASTER.value],
      ['tempKeyUpper', counting(64).subarray(32)],
      ['alternateKeyBuffer', counting(32).reverse()],
    ] as const) {
      expect(chipKdf(driver, source, SHORT, MESSAGE)).toEqual(kdfResult(nodeCrypto, key, SHORT, MESSAGE));
    }
    const aes = { algorithm: 'AES', keyBlock: 1 } as const;
    expect(chipKdf(driver, AES_SLOT, aes, BLOCK)).toEqual(kdfResult(nodeCrypto, MASTER.value, aes, BLOCK));
  });

  test('with the IV that the configuration asks for', () => {
    // KdfIvLoc 0 and KdfIvStr 00 00 of this configuration.
    const withIv = { algorithm: 'HKDF', withIv: true } as const;
    const message = Uint8Array.of(0, 0, 1, 2);
    const own = kdfResult(nodeCrypto, MASTER.value, withIv, message);
    expect(chipKdf(driver, MASTER.slot, withIv, message)).toEqual(own);
    expect(() => chipKdf(driver, MASTER.slot, withIv, message.toReversed())).toThrow('status 0F');
  });
});

describe('what stays inside', () => {
  const own = kdfResult(nodeCrypto, MASTER.value, SHORT, MESSAGE);
  const hmacUnder = (key: Uint8Array) => nodeCrypto.hmacSha256(key, HMAC_MESSAGE);

  test('is in TempKey', () => {
    expect(chipKdfInto(driver, MASTER.slot, 'tempKey', SHORT, MESSAGE)).toHaveLength(0);
    expect(chipHmac(driver, TEMP_KEY, HMAC_MESSAGE)).toEqual(hmacUnder(own));
  });

  test('is in the upper half of TempKey', () => {
    chipLoad(driver, 'tempKey', counting(32));
    expect(chipKdfInto(driver, MASTER.slot, 'tempKeyUpper', SHORT, MESSAGE)).toHaveLength(0);
    expect(chipKdf(driver, 'tempKeyUpper', HKDF, MESSAGE)).toEqual(kdfResult(nodeCrypto, own, HKDF, MESSAGE));
    expect(chipHmac(driver, TEMP_KEY, HMAC_MESSAGE)).toEqual(hmacUnder(counting(32)));
  });

  test('is in the Alternate Key Buffer', () => {
    expect(chipKdfInto(driver, MASTER.slot, 'alternateKeyBuffer', SHORT, MESSAGE)).toHaveLength(0);
    expect(chipKdf(driver, 'alternateKeyBuffer', HKDF, MESSAGE)).toEqual(kdfResult(nodeCrypto, own, HKDF, MESSAGE));
  });

  test('is in a slot', () => {
    // Slot 5 takes encrypted writes, past whose encryption KDF goes.
    expect(chipKdfInto(driver, MASTER.slot, { slot: 5 }, SHORT, MESSAGE)).toHaveLength(0);
    expect(chip.memory.slice(slotOffset(5), slotOffset(5) + 32)).toEqual(own);
    expect(() => chipKdfInto(driver, MASTER.slot, { slot: ROLLED_SLOT }, SHORT, MESSAGE)).toThrow('status 0F');
  });

  test('is the first half where the result splits', () => {
    const whole = kdfResult(nodeCrypto, MASTER.value, LONG, MESSAGE);
    const out = chipKdfInto(driver, MASTER.slot, 'tempKey', { ...LONG, splits: true }, MESSAGE);
    expect(out).toEqual(whole.slice(32));
    expect(chipHmac(driver, TEMP_KEY, HMAC_MESSAGE)).toEqual(hmacUnder(whole.subarray(0, 32)));
  });
});
