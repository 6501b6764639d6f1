import { describe, expect, test } from 'vitest';
import { SELF_TEST } from '../../../emulator/atecc608/index.ts';
import { type ChipCrypto, nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';
import { Host, hex, makeChip, packet, scriptedRng, seedChip, toHex } from '../../support/atecc608.ts';

const SELF_TEST_OPCODE = 0x77;
const INFO = 0x30;
const READ = 0x02;
const ALL = 0x3d;
const CHIP_OPTIONS = 90;

const run = (host: Host, mode: number) => host.command(SELF_TEST_OPCODE, mode)[0];
const broken = (mode: number, crypto: Partial<ChipCrypto>) =>
  run(seedChip({ crypto: { ...nodeCrypto, ...crypto } }), mode);

/** What a wake answers, its CRC unchecked. */
function wake(host: Host): string {
  host.sleep();
  host.chip.generalCall();
  return toHex(host.chip.read(4) as Uint8Array);
}

describe('SelfTest', () => {
  test.each([nodeCrypto, nobleCrypto])('passes each test and all with $name, in any lock state', (crypto) => {
    for (const lock of ['none', 'config', 'both'] as const) {
      const host = seedChip({ crypto, lock });
      for (const mode of [0, ...Object.values(SELF_TEST), ALL]) expect(run(host, mode)).toBe(0);
    }
  });

  test('Quirk: takes 3B, which has the reserved bit 1 and lacks that of ECDSA', () => {
    expect(run(seedChip(), 0x3b)).toBe(0);
    expect(run(seedChip({ failingSelfTests: SELF_TEST.Ecdsa }), 0x3b)).toBe(0);
    expect(run(seedChip({ failingSelfTests: ALL }), 0x3b)).toBe(0x39);
    expect(run(seedChip({ failingSelfTests: ALL }), 0x02)).toBe(0);
  });

  test('finds what is broken, and only that', () => {
    const zero = new Uint8Array(64);
    expect(broken(ALL, { sha256: () => zero })).toBe(SELF_TEST.Sha);
    expect(broken(ALL, { aesEncrypt: () => zero })).toBe(SELF_TEST.Aes);
    expect(broken(ALL, { aesDecrypt: () => zero })).toBe(SELF_TEST.Aes);
    expect(broken(ALL, { agree: () => zero })).toBe(SELF_TEST.Ecdh);
    expect(broken(ALL, { agree: () => undefined })).toBe(SELF_TEST.Ecdh);
    expect(broken(ALL, { signDigest: () => zero })).toBe(SELF_TEST.Ecdsa);
    expect(broken(ALL, { verifyDigest: () => false })).toBe(SELF_TEST.Ecdsa);
    const stuck = seedChip({ rng: scriptedRng([new Uint8Array(32), new Uint8Array(32)]) });
    expect(run(stuck, ALL)).toBe(SELF_TEST.Rng);
    expect(run(stuck, 0)).toBe(0);
  });

  test('runs what its mode names, and mode 0 answers what has failed', () => {
    const host = seedChip({ failingSelfTests: SELF_TEST.Aes | SELF_TEST.Sha });
    const { chip } = host;
    const awake = (mode: number) => {
      chip.write(Uint8Array.of(0x03, ...packet(SELF_TEST_OPCODE, mode)));
      return host.receive()[0];
    };
    chip.generalCall();
    expect([awake(0), awake(SELF_TEST.Ecdh), awake(0)]).toEqual([0, 0, 0]);
    expect([awake(SELF_TEST.Aes), awake(0)]).toEqual([SELF_TEST.Aes, SELF_TEST.Aes]);
    expect([awake(SELF_TEST.Sha | SELF_TEST.Ecdh), awake(0)]).toEqual([SELF_TEST.Sha, SELF_TEST.Sha | SELF_TEST.Aes]);
    expect([awake(SELF_TEST.Rng), awake(0)]).toEqual([0, SELF_TEST.Sha | SELF_TEST.Aes]);
  });

  test('a test that is run again and passes leaves the failure register', () => {
    const host = seedChip({ rng: scriptedRng([new Uint8Array(32), new Uint8Array(32)]) });
    const { chip } = host;
    chip.generalCall();
    const answers = [SELF_TEST.Rng, 0, SELF_TEST.Rng, 0].map((mode) => {
      chip.write(Uint8Array.of(0x03, ...packet(SELF_TEST_OPCODE, mode)));
      return host.receive()[0];
    });
    expect(answers).toEqual([1, 1, 0, 0]);
  });

  test('in the failed state everything answers 07 but reads of the configuration and SelfTest, until the next wake', () => {
    const host = seedChip({ failingSelfTests: SELF_TEST.Sha });
    const { chip } = host;
    const send = (bytes: Uint8Array) => {
      chip.write(Uint8Array.of(0x03, ...bytes));
      return toHex(host.receive());
    };
    chip.generalCall();
    expect(send(packet(INFO))).toBe('00006002');
    expect(send(packet(SELF_TEST_OPCODE, SELF_TEST.Sha))).toBe('20');
    expect(send(packet(INFO))).toBe('07');
    expect(send(packet(0x1b))).toBe('07');
    expect(send(packet(READ, 0x82, 0x0008))).toBe('07');
    expect(send(packet(READ, 0x01, 0x0000))).toBe('07');
    expect(send(packet(READ, 0x00, 0x0000))).toBe('0123A1B2');
    expect(send(packet(READ, 0x80, 0x0000))).toHaveLength(64);
    expect(send(packet(SELF_TEST_OPCODE, 0))).toBe('20');
    expect(send(packet(0x99))).toBe('03');
    chip.write(Uint8Array.of(0x02));
    chip.generalCall();
    expect(send(packet(INFO))).toBe('00006002');
  });

  test('knows no other modes and no param2', () => {
    for (const mode of [0x40, 0x80, 0xff]) expect(seedChip().status(SELF_TEST_OPCODE, mode)).toBe(0x03);
    expect(seedChip().status(SELF_TEST_OPCODE, 0, 1)).toBe(0x03);
  });
});

describe('the self test at wake', () => {
  test('runs where ChipOptions ask for it', () => {
    const changes = { [CHIP_OPTIONS]: 0x4007 };
    expect(wake(seedChip({ changes }))).toBe('04113343');
    expect(wake(seedChip({ failingSelfTests: SELF_TEST.Aes }))).toBe('04113343');
  });

  test('Quirk: the CRC of the answer to a wake whose self test failed is a constant, and not the one of these two bytes', () => {
    const healthy = seedChip({ changes: { [CHIP_OPTIONS]: 0x4007 } });
    const host = new Host(makeChip({ memory: healthy.chip.memory, failingSelfTests: SELF_TEST.Aes }));
    expect(wake(host)).toBe('0407C440');
    expect(toHex(host.command(INFO))).toBe('07');
    expect(host.command(SELF_TEST_OPCODE, 0)).toEqual(hex('10'));
  });
});
