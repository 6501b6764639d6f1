import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { RunPlan } from '../../run/index.ts';
import { usageError } from '../errors/index.ts';

/** Any port: nothing is sent to it. */
const DISCARD = 9;

/**
 * Tries each source address, and the way from it to the broker, on a datagram socket that sends nothing.
 * @throws EmuError EMU_E_USAGE
 */
export async function requireSourceAddresses({
  broker,
  sourceAddresses = [],
}: Pick<RunPlan, 'broker' | 'sourceAddresses'>): Promise<void> {
  const family = isIP(sourceAddresses[0] ?? '');
  if (family === 0) return;
  const target = broker === 'embedded' ? '127.0.0.1' : await addressOf(broker.host, family);
  for (const address of sourceAddresses) await tryOut(address, family, target);
}

/** Undefined for a host that cannot be asked for now: the run says more of it. */
async function addressOf(host: string, family: number): Promise<string | undefined> {
  try {
    return (await lookup(host, { family })).address;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTFOUND') return undefined;
    throw usageError(
      `${host} has no IPv${family} address, and --source-addresses are of that family`,
      "Check the host in --broker, or name addresses of the broker's family.",
      error,
    );
  }
}

async function tryOut(address: string, family: number, target: string | undefined): Promise<void> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let trouble = 'is no address of this machine';
  try {
    socket.bind(0, address);
    await once(socket, 'listening');
    if (target === undefined) return;
    trouble = `has no way to the broker at ${target}`;
    socket.connect(DISCARD, target);
    await once(socket, 'connect');
  } catch (error) {
    throw usageError(
      `--source-addresses: ${address} ${trouble} (${(error as NodeJS.ErrnoException).code})`,
      'Name addresses that this machine has: `ip address` lists them. All of 127.0.0.0/8 is its own, for a broker on it.',
      error,
    );
  } finally {
    socket.close();
  }
}
