import { readFileSync } from 'node:fs';
import type { RunPlan } from '../../run/index.ts';
import { usageError } from '../errors/index.ts';

const SYSTEM = '/proc/sys/net/ipv4';

/**
 * With a given source address the kernel searches for a free port when Node binds: beyond this part of them the search takes
 * milliseconds for each connection, and beyond half of them unbound connections of other programs find none (docs/limits.md).
 */
const COMFORTABLE = 1 / 4;

/**
 * How many connections one address can have to one port of a broker: the range of local ports without those that are
 * reserved, as the kernel writes both (ip_local_port_range, ip_local_reserved_ports).
 */
export function portsIn(range: string, reserved: string): number {
  const [low = 0, high = 0] = range.trim().split(/\s+/).map(Number);
  const taken = reserved.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.trim() === '' ? [0, -1] : part.trim().split('-').map(Number);
    return Math.max(0, Math.min(to, high) - Math.max(from, low) + 1);
  });
  return taken.reduce((free, count) => free - count, high - low + 1);
}

/** Of this machine; infinite where the system does not say. */
function localPorts(): number {
  try {
    const [range, reserved] = ['ip_local_port_range', 'ip_local_reserved_ports'].map((name) =>
      readFileSync(`${SYSTEM}/${name}`, 'utf8'),
    );
    return portsIn(range ?? '', reserved ?? '');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** How long a closed connection keeps its port (TIME_WAIT), s. */
const CLOSED_FOR_S = 60;

type ConnectingPlan = Pick<RunPlan, 'count' | 'rate' | 'broker' | 'sourceAddresses'>;

/**
 * Connections that devices which register have closed in the last minute: that to the DPS, and one to try the hub. Unbound, the
 * first took the port of another destination.
 */
function closed({ count, rate, sourceAddresses }: ConnectingPlan): number {
  return Math.min(count, Math.ceil(rate * CLOSED_FOR_S)) * (sourceAddresses === undefined ? 1 : 2);
}

/**
 * Each connection takes a local port of its source address.
 * @param registers whether the devices are of a firmware that registers first
 * @throws EmuError EMU_E_USAGE
 */
export function requirePorts(plan: ConnectingPlan, registers: boolean, ports: number = localPorts()): void {
  const { count, broker, sourceAddresses } = plan;
  const addresses = sourceAddresses?.length ?? 1;
  const connections = count + (registers ? closed(plan) : 0);
  const each = Math.ceil(connections / addresses);
  if (each <= ports) return;
  const wanted = Math.ceil(connections / (ports * COMFORTABLE));
  const addAddresses =
    broker === 'embedded' || /^(127\.|localhost$)/i.test(broker.host)
      ? `Use more addresses: --source-addresses 127.0.0.2-${loopback(wanted)}.`
      : `Give this machine ${wanted} addresses and name them or their interface with --source-addresses, or run segments of a persistent fleet on several machines (--segment).`;
  throw usageError(
    `${count} devices need ${each} local ports ${addresses === 1 ? 'at one address' : `at each of ${addresses} addresses`}, and there are ${ports}`,
    addAddresses,
  );
}

/** The last of `count` addresses from 127.0.0.2. */
function loopback(count: number): string {
  const last = count + 1;
  return `127.${last >> 16}.${(last >> 8) & 255}.${last & 255}`;
}
