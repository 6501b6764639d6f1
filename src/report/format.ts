import type { BrokerAddress } from '../run/index.ts';

const GROUPED = new Intl.NumberFormat('en-US');

export function formatCount(value: number): string {
  return GROUPED.format(value);
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

/** 500ms, 30s, 1m 30s, 2h 0m. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
}

/** The URL that `--broker` would take. */
export function formatBroker({ host, port }: BrokerAddress): string {
  return `mqtts://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
