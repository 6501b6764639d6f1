import { describe, expect, test } from 'vitest';
import {
  ATECC608_ADDRESS,
  decodeConfig,
  factoryMemory,
  slotOffset,
  type VariantName,
} from '../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { Host, hex, makeChip, SERIAL_NUMBER, toHex } from '../../support/atecc608.ts';

const INFO = 0x30;
const READ = 0x02;
const GEN_KEY = 0x40;
const TRUST: readonly VariantName[] = ['ATECC608A-TNGTLS', 'ATECC608A-TFLXTLS'];

const make = (variant: VariantName) =>
  new Host(
    makeChip({ variant, memory: factoryMemory({ serialNumber: SERIAL_NUMBER, variant, rng: rootRng('factory') }) }),
  );

describe('variants', () => {
  test.each([
    ['ATECC608A', '00006002', 0x60, 0xc0],
    ['ATECC608B', '00006003', 0x60, 0xc0],
    ['ATECC608A-TNGTLS', '00006002', 0x35, 0x6a],
    ['ATECC608A-TFLXTLS', '00006002', 0x36, 0x6c],
  ] as const)('%s has revision %s and address %i', (variant, revision, address, i2cAddress) => {
    const { chip } = make(variant);
    expect(toHex(new Host(chip).command(INFO, 0))).toBe(revision);
    expect(toHex(chip.memory.subarray(4, 8))).toBe(revision);
    expect(chip.address).toBe(address);
    const config = decodeConfig(chip.memory);
    expect(config.i2cAddress).toBe(i2cAddress);
    expect(config.serialNumber).toEqual(SERIAL_NUMBER);
  });

  test('without a variant the part is a generic ATECC608A', () => {
    expect(factoryMemory({ serialNumber: SERIAL_NUMBER })).toEqual(
      factoryMemory({ serialNumber: SERIAL_NUMBER, variant: 'ATECC608A' }),
    );
    expect(makeChip().address).toBe(ATECC608_ADDRESS);
  });

  test('the revision is the part’s, whatever RevNum in the memory says', () => {
    const chip = makeChip({ variant: 'ATECC608B', memory: factoryMemory({ serialNumber: SERIAL_NUMBER }) });
    expect(toHex(new Host(chip).command(INFO, 0))).toBe('00006003');
    expect(toHex(new Host(chip).command(READ, 0, 1))).toBe('00006002');
  });

  // The published configuration of one part, and a dump of the other, with both zones locked.
  test.each([
    [
      'ATECC608A-TFLXTLS',
      `00 00 01  8500 8200 8520 8520 8520 C646 8F0F 9F8F 0F0F 8F0F 0F0F 0F0F 0F0F 0F0F 0D1F 0F0F
       FFFFFFFF00000000 FFFFFFFF00000000 00 00 03F7 00 6976 000000000000000000 0000 0000 FFFF 0E60 00000000
       5300 5300 7300 7300 7300 3800 7C00 1C00 3C00 1A00 3C00 3000 3C00 3000 1200 3000`,
    ],
    [
      'ATECC608A-TNGTLS',
      `00 00 01  8500 8200 8520 8520 8520 0F8F 8F0F 8F8F 0F0F 8F0F 0F8F 0F8F 0F8F 8F8F 8F8F 8F8F
       FFFFFFFF00000000 FFFFFFFF00000000 00 00 00F7 00 6976 000000000000000000 0000 0000 FFFF 0E60 00000000
       5300 5300 7300 7300 7300 1C00 7C00 1C00 3C00 1A00 1C00 1000 1C00 1C00 1C00 1C00`,
    ],
  ] as const)('%s comes configured, locked and with keys that no host can replace', (variant, configuration) => {
    const host = make(variant);
    expect(toHex(host.chip.memory.subarray(17, 128))).toBe(toHex(hex(configuration)));
    for (const slot of [0, 1]) {
      const at = slotOffset(slot);
      expect(toHex(host.chip.memory.subarray(at, at + 4))).toBe('00000000');
      const scalar = host.chip.memory.subarray(at + 4, at + 36);
      expect(host.command(GEN_KEY, 0x00, slot)).toEqual(nodeCrypto.publicKey(scalar));
      expect(host.status(GEN_KEY, 0x04, slot)).toBe(0x0f);
    }
    expect(host.command(GEN_KEY, 0x04, 2)).toHaveLength(64);
    expect(host.chip.memory.subarray(slotOffset(0), slotOffset(0) + 36)).not.toEqual(
      host.chip.memory.subarray(slotOffset(1), slotOffset(1) + 36),
    );
  });

  // The data sheet's sections 2.2.3, 5.1.6.1 and 2.1: what each slot of the TNGTLS part is for.
  test('of ATECC608A-TNGTLS slots 5, 8 and 10 to 12 are read in clear, and 2 to 4, 6 and 8 can be locked', () => {
    const slots = Array.from({ length: 16 }, (_, slot) => slot);
    const dataAddress = (slot: number) => slot << 3;
    const read = make('ATECC608A-TNGTLS');
    expect(slots.filter((slot) => read.command(READ, 0x82, dataAddress(slot)).length === 32)).toEqual([
      5, 8, 10, 11, 12,
    ]);
    const written = make('ATECC608A-TNGTLS');
    const block = new Uint8Array(32);
    expect(slots.filter((slot) => written.status(0x12, 0x82, dataAddress(slot), block) === 0)).toEqual([6, 8, 9]);
    const locked = make('ATECC608A-TNGTLS');
    expect(slots.filter((slot) => locked.status(0x17, 0x02 | (slot << 2)) === 0)).toEqual([2, 3, 4, 6, 8]);
  });

  test('OTP says what a part was made for, and 00', () => {
    const otp = (variant: VariantName) => {
      const host = make(variant);
      const bytes = [0, 8].flatMap((block) => [...host.command(READ, 0x81, block)]);
      expect(bytes.slice(8)).toEqual(new Array(56).fill(0));
      return new TextDecoder().decode(Uint8Array.from(bytes.slice(0, 8)));
    };
    // The data sheet's section 2.3: 78 36 74 6A 75 5A 4D 79.
    expect(otp('ATECC608A-TNGTLS')).toBe('x6tjuZMy');
    expect(otp('ATECC608A-TFLXTLS')).toBe('MKMwyhP1');
    expect(toHex(factoryMemory({ serialNumber: SERIAL_NUMBER }).subarray(128, 192))).toBe('FF'.repeat(64));
  });

  test('a part with keys of its own needs a generator', () => {
    for (const variant of TRUST) {
      expect(() => factoryMemory({ serialNumber: SERIAL_NUMBER, variant })).toThrow(
        expect.objectContaining({ code: 'EMU_E_CHIP_VARIANT' }),
      );
    }
  });

  test('a factory key is drawn again where the draw could be no scalar', () => {
    const draws = [
      new Uint8Array(32).fill(0xff),
      new Uint8Array(32),
      new Uint8Array(32).fill(1),
      new Uint8Array(32).fill(2),
    ];
    const rng = { ...rootRng('x'), bytes: () => draws.shift() as Uint8Array };
    const memory = factoryMemory({ serialNumber: SERIAL_NUMBER, variant: 'ATECC608A-TNGTLS', rng });
    expect([memory[slotOffset(0) + 35], memory[slotOffset(1) + 35]]).toEqual([1, 2]);
  });
});

describe('the address', () => {
  test('a new one counts from the next sleep on', () => {
    const host = new Host(makeChip());
    expect(host.status(0x12, 0x00, 4, hex('6A 00 00 00'))).toBe(0);
    expect(host.chip.address).toBe(0x60);
    host.sleep();
    expect(host.chip.address).toBe(0x35);
  });

  test('UserExtraAdd takes its place where ChipMode says so, and can be written once', () => {
    const host = make('ATECC608A-TFLXTLS');
    expect(host.status(0x20, 1, 0xb2)).toBe(0);
    expect(host.status(0x20, 1, 0xb4)).toBe(0x0f);
    host.chip.powerCycle();
    expect(host.chip.address).toBe(0x59);
    const generic = new Host(makeChip());
    expect(generic.status(0x20, 1, 0xb2)).toBe(0);
    generic.sleep();
    expect(generic.chip.address).toBe(0x60);
  });
});

test('a part that there is not is the caller’s mistake', () => {
  const variant = 'ATECC608C' as VariantName;
  const mistake = expect.objectContaining({ code: 'EMU_E_CHIP_VARIANT', value: variant });
  expect(() => factoryMemory({ serialNumber: SERIAL_NUMBER, variant })).toThrow(mistake);
  expect(() => makeChip({ variant })).toThrow(mistake);
});

test('an address has 7 bits', () => {
  expect(factoryMemory({ serialNumber: SERIAL_NUMBER, address: 0x7f })[16]).toBe(0xfe);
  expect(() => factoryMemory({ serialNumber: SERIAL_NUMBER, address: 0x80 })).toThrow(
    expect.objectContaining({ code: 'EMU_E_CHIP_CONFIG', message: 'address has 7 bits' }),
  );
});
