import { describe, expect, test } from 'vitest';
import { Host, hex, makeChip, packetCrc, seedChip, toHex } from '../../support/atecc608.ts';

const READ = 0x02;
const LOCK = 0x17;
const UPDATE_EXTRA = 0x20;
const IGNORE_CRC = 0x80;
const lockBytes = (host: Host) => toHex(host.command(READ, 0, 0x15));
const slotLocked = (host: Host) => toHex(host.command(READ, 0, 0x16).subarray(0, 2));
const lockSlot = (slot: number) => 0x02 | (slot << 2);

describe('Lock', () => {
  test('locks the configuration, then data and OTP, each once and in this order', () => {
    const host = new Host(makeChip());
    expect(host.status(LOCK, IGNORE_CRC | 1)).toBe(0x0f);
    expect(lockBytes(host)).toBe('00005555');
    expect(host.status(LOCK, IGNORE_CRC | 0)).toBe(0);
    expect(lockBytes(host)).toBe('00005500');
    expect(host.status(LOCK, IGNORE_CRC | 0)).toBe(0x0f);
    expect(host.status(LOCK, IGNORE_CRC | 1)).toBe(0);
    expect(lockBytes(host)).toBe('00000000');
    expect(host.status(LOCK, IGNORE_CRC | 1)).toBe(0x0f);
  });

  test('compares the CRC of the configuration as it is before the lock', () => {
    const host = new Host(makeChip());
    const crc = packetCrc(host.chip.memory.subarray(0, 128));
    expect(host.status(LOCK, 0, crc ^ 1)).toBe(0x0f);
    expect(lockBytes(host)).toBe('00005555');
    expect(host.status(LOCK, 0, crc)).toBe(0);
  });

  test('compares the CRC of all slots and then OTP', () => {
    const host = seedChip({
      lock: 'config',
      fill: (open) => {
        open.fill(8, hex('01020304'));
        open.status(0x12, 0x81, 0, new Uint8Array(32).fill(7));
      },
    });
    const { memory } = host.chip;
    const crc = packetCrc(Uint8Array.of(...memory.subarray(192), ...memory.subarray(128, 192)));
    expect(host.status(LOCK, 1, packetCrc(memory.subarray(128)))).toBe(0x0f);
    expect(host.status(LOCK, 1, crc)).toBe(0);
  });

  test('freezes a lockable slot between the locks and after them, once', () => {
    for (const lock of ['config', 'both'] as const) {
      const host = seedChip({ lock });
      expect(slotLocked(host)).toBe('FFFF');
      expect(host.status(LOCK, lockSlot(4), 0x1234)).toBe(0);
      expect(slotLocked(host)).toBe('EFFF');
      expect(host.status(LOCK, lockSlot(4))).toBe(0x0f);
      expect(host.status(LOCK, lockSlot(12))).toBe(0);
      expect(slotLocked(host)).toBe('EFEF');
    }
  });

  test('does not freeze a slot that is not lockable, nor any before the configuration lock', () => {
    expect(seedChip().status(LOCK, lockSlot(1))).toBe(0x0f);
    expect(seedChip({ lock: 'none' }).status(LOCK, lockSlot(4))).toBe(0x0f);
  });

  test('freezes private keys too', () => {
    const host = seedChip({ fill: (open) => open.command(0x40, 0x04, 0) });
    const point = host.command(0x40, 0x00, 0);
    expect(host.status(LOCK, lockSlot(0))).toBe(0);
    expect(host.status(0x40, 0x04, 0)).toBe(0x0f);
    expect(host.command(0x40, 0x00, 0)).toEqual(point);
  });

  test('knows no other mode', () => {
    const host = seedChip({ lock: 'none' });
    for (const mode of [0x03, 0x83, 0x40, 0xc0, 0x04, 0x85]) expect(host.status(LOCK, mode)).toBe(0x03);
  });
});

describe('UpdateExtra', () => {
  test('before the configuration lock writes bytes 84 and 85 freely, 0 over 0 included', () => {
    const host = new Host(makeChip());
    for (const value of [0x00, 0x12, 0x34, 0x00]) expect(host.status(UPDATE_EXTRA, 0, value)).toBe(0);
    expect(host.status(UPDATE_EXTRA, 1, 0x99)).toBe(0);
    expect(lockBytes(host)).toBe('00995555');
  });

  test('after it only over 0', () => {
    const host = seedChip();
    expect(host.status(UPDATE_EXTRA, 0, 0x00)).toBe(0);
    expect(host.status(UPDATE_EXTRA, 0, 0x12)).toBe(0);
    expect(host.status(UPDATE_EXTRA, 0, 0x13)).toBe(0x0f);
    expect(host.status(UPDATE_EXTRA, 1, 0x6a)).toBe(0);
    expect(host.status(UPDATE_EXTRA, 1, 0x00)).toBe(0x0f);
    expect(lockBytes(host)).toBe('126A0000');
  });

  test('has no mode 2 on this part', () => {
    expect(seedChip().status(UPDATE_EXTRA, 2, 0)).toBe(0x03);
  });
});
