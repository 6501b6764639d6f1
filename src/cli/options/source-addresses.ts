import { isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { RunPlan } from '../../run/index.ts';
import { quoted, usageError } from '../errors/index.ts';

/** More than enough for every port of a broker's machine, and few enough to try each. */
const MOST = 1024;
const HINT = 'Write it like --source-addresses 127.0.0.2-127.0.0.20, 10.0.0.5,10.0.0.6 or eth0.';

type Interfaces = Readonly<ReturnType<typeof networkInterfaces>>;

/**
 * Addresses, ranges of IPv4 addresses and names of interfaces, with commas between them: the addresses, each once, all of
 * the family in which the broker is reached. @throws EmuError EMU_E_USAGE
 */
export function parseSourceAddresses(
  text: string,
  broker: RunPlan['broker'],
  interfaces: Interfaces = networkInterfaces(),
): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  const named = parts.flatMap((part) => addressesIn(part) ?? []);
  const family = familyOf(broker) ?? (isIP(named[0] ?? '') || 4);
  const addresses = new Set(parts.flatMap((part) => addressesIn(part) ?? ofInterface(part, family, interfaces)));
  if (addresses.size > MOST) {
    throw usageError(
      `--source-addresses are at most ${MOST}, not ${addresses.size}`,
      'A few thousand devices share one.',
    );
  }
  const stranger = [...addresses].find((address) => isIP(address) !== family);
  if (stranger === undefined) return [...addresses];
  throw usageError(
    `--source-addresses: ${stranger} is not of the family in which the broker is reached, IPv${family}`,
    'Name addresses of one family, the same as that of --broker.',
  );
}

/** Of a broker whose host is an address; a name is reached in the family of the source addresses. */
function familyOf(broker: RunPlan['broker']): number | undefined {
  if (broker === 'embedded') return 4;
  return isIP(broker.host) || undefined;
}

/** What is written as one address or as a range of them. */
function addressesIn(part: string): string[] | undefined {
  if (isIP(part) !== 0) return [part];
  const [from = '', to = '', ...rest] = part.split('-');
  if (!isIPv4(from) || !isIPv4(to) || rest.length > 0) return undefined;
  const count = numberOf(to) - numberOf(from) + 1;
  if (count >= 1 && count <= MOST) return Array.from({ length: count }, (_, i) => addressOf(numberOf(from) + i));
  throw usageError(`--source-addresses: ${part} must be a range of 1 to ${MOST} addresses`, HINT);
}

/** Addresses of a link alone need the name of the link, which is no part of them. */
function ofInterface(name: string, family: number, interfaces: Interfaces): string[] {
  const known = interfaces[name];
  if (known === undefined) {
    throw usageError(
      `--source-addresses: ${quoted(name)} is neither an address nor an interface of this machine`,
      HINT,
    );
  }
  const addresses = known.map(({ address }) => address).filter((address) => !/^fe80:/i.test(address));
  const fitting = addresses.filter((address) => isIP(address) === family);
  if (fitting.length > 0) return fitting;
  throw usageError(`--source-addresses: the interface ${name} has no IPv${family} address`, HINT);
}

function numberOf(ipv4: string): number {
  return ipv4.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
