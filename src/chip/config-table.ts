import { type Access, type ConfigZone, counterValue, type SlotView, slotViews } from '../../emulator/atecc608/index.ts';

const UNLOCKED = 0x55;

/** The lines of a configuration for a person to read: the chip, then its slots. */
export function configTable(config: ConfigZone): string[] {
  const { serialNumber, revNum, chipMode, chipOptions, countMatch, secureBoot, useLock, volatileKeyPermission } =
    config;
  const facts: [string, string][] = [
    ['serial number', hex(serialNumber)],
    ['revision', hex(revNum)],
    ['I2C address', `${hexByte(config.i2cAddress >> 1)} (byte ${hexByte(config.i2cAddress)})`],
    ['locks', `configuration ${lockState(config.lockConfig)}, data and OTP ${lockState(config.lockValue)}`],
    ['counters', config.counters.map(counterValue).join(', ')],
    ['clock divider', CLOCKS[chipMode.clockDivider] ?? `undefined (${hexByte(chipMode.clockDivider)})`],
    ['watchdog', chipMode.watchdogLong ? 'long' : 'short'],
    ['AES', (config.aesEnable & 1) === 1 ? 'enabled' : 'disabled'],
    ['IO protection key', chipOptions.ioProtectionKeyEnable ? `slot ${chipOptions.ioProtectionKey}` : 'not in use'],
    ['ECDH output', PROTECTION[chipOptions.ecdhProtection] ?? ''],
    ['KDF output', PROTECTION[chipOptions.kdfProtection] ?? ''],
    ['secure boot', SECURE_BOOT[secureBoot.mode] ?? ''],
    ['limit of uses', countMatch.enable ? `slot ${countMatch.slot}` : 'the end of counter 0'],
    ['persistent latch', volatileKeyPermission.enable ? `by slot ${volatileKeyPermission.slot}` : 'free'],
    ['transport lock', useLock.enable === 0xa ? `by slot ${useLock.key}` : 'off'],
  ];
  if (secureBoot.mode !== 0) facts.push(['secure boot key', `slot ${secureBoot.publicKeySlot}`]);
  if (secureBoot.mode > 1) facts.push(['secure boot store', `slot ${secureBoot.digestSlot}`]);
  return [
    ...facts.map(([name, value]) => `${name.padEnd(19)}${value}`),
    '',
    row(['slot', 'holds', 'read', 'write', 'abilities']),
    ...slotViews(config).map(slotRow),
  ];
}

const CLOCKS: Readonly<Record<number, string>> = { 0: 'M0', 5: 'M1', 13: 'M2' };
const PROTECTION = ['in clear or encrypted', 'encrypted', 'none', 'prohibited'];
const SECURE_BOOT = ['off', 'FullBoth', 'FullSig', 'FullDig'];
const WIDTHS = [4, 11, 10, 10];

function slotRow({ slot, holds, read, write, abilities }: SlotView): string {
  return row([String(slot).padStart(4), holds, access(read), access(write), abilities.join(', ')]);
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join('  ')
    .trimEnd();
}

function access(access: Access): string {
  if (typeof access === 'number') return `key ${access}`;
  return access === 'whileInvalid' ? 'until valid' : access;
}

function lockState(lock: number): string {
  return lock === UNLOCKED ? 'open' : 'locked';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
