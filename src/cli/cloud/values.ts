import type { Allocation } from '../../cloud/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { isHostName, parsePort } from '../options/index.ts';

const ALLOCATIONS = ['hashed', 'lowest-load', 'static'] as const satisfies readonly Allocation[];
export const ALLOCATION_NAMES = ALLOCATIONS.join(' | ');
/** The scope in the shipped profiles. */
export const ID_SCOPE = '0ne00000000';

/** @throws EmuError EMU_E_USAGE */
export function parseAllocation(text: string): Allocation {
  const allocation = ALLOCATIONS.find((name) => name === text);
  if (allocation !== undefined) return allocation;
  throw usageError(
    `--allocation must be ${ALLOCATIONS.join(', ')}, not ${quoted(text)}`,
    'hashed spreads the devices evenly, lowest-load fills up, static takes the first hub.',
  );
}

/** Host names of hubs, with a port behind them where clients take that from the name. @throws EmuError EMU_E_USAGE */
export function parseCloudHubs(text: string): readonly string[] {
  const hint = 'Write it like --hub hub-1.azure-devices.test or --hub localhost:8883.';
  return namesIn('--hub', text, hint, (name) => {
    const [, host = '', port] = /^([^:]*)(?::(.*))?$/.exec(name) ?? [];
    if (port !== undefined) parsePort('--hub', port, hint);
    return isHostName(host);
  });
}

/** @throws EmuError EMU_E_USAGE */
export function parseHosts(text: string): readonly string[] {
  return namesIn('--host', text, 'Write it like --host dps.example.test.', isHostName);
}

function namesIn(option: string, text: string, hint: string, isName: (name: string) => boolean): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !isName(name));
  if (wrong !== undefined) throw usageError(`${option} must be a host name, not ${quoted(wrong)}`, hint);
  const lower = names.map((name) => name.toLowerCase());
  const twice = lower.find((name, index) => lower.indexOf(name) < index);
  if (twice !== undefined) throw usageError(`${option} names ${twice} twice`, 'Leave all but one out.');
  return names;
}

/** @throws EmuError EMU_E_USAGE */
export function portOf(option: string, text: string): number {
  return parsePort(option, text, `Write it like ${option} 8883.`);
}

/** @throws EmuError EMU_E_USAGE */
export function parseSeconds(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw usageError(`${option} must be a whole number of seconds, not ${quoted(text)}`, `Write it like ${option} 3.`);
}
