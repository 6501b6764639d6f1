import type { BrokerAddress } from '../run/index.ts';

const GROUPED = new Intl.NumberFormat('en-US');

export function formatCount(value: number): string {
  return GROUPED.format(value);
}

/** `1 message`, `2,390 messages`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Milliseconds at three significant digits or so: 0.042, 1.73, 26.5, 1,204. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '-';
  if (ms >= 100) return GROUPED.format(Math.round(ms));
  return ms.toFixed(ms >= 10 ? 1 : ms >= 1 ? 2 : 3);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** The URL that `--broker` would take. */
export function formatBroker({ host, port }: BrokerAddress): string {
  return `mqtts://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
