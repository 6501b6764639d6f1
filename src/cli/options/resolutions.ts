import { isIP } from 'node:net';
import type { Resolution } from '../../base/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { isHostName, parsePort } from './broker-url.ts';

const OPTION = '--resolve';
const HINT = 'Write it like --resolve broker.example.com:8883:127.0.0.1:18883, an IPv6 address in brackets.';

/**
 * `HOST:PORT:ADDRESS[:PORT]`, several with commas between them: curl's syntax, with the port behind it that its --connect-to
 * has. @throws EmuError EMU_E_USAGE
 */
export function parseResolutions(text: string): readonly Resolution[] {
  const resolutions = text.split(',').map((part) => parseResolution(part.trim()));
  const named = resolutions.map(({ host, port }) => `${host.toLowerCase()}:${port}`);
  const twice = named.find((name, i) => named.indexOf(name) < i);
  if (twice === undefined) return resolutions;
  throw usageError(`${OPTION} names ${twice} twice`, 'Leave all but one out.');
}

function parseResolution(text: string): Resolution {
  const parts = /^([^:]*):([^:]*):(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(text);
  if (parts === null) throw usageError(`${OPTION} must look like HOST:PORT:ADDRESS:PORT, not ${quoted(text)}`, HINT);
  const [, host = '', port = '', address = '', toPort = port] = parts;
  if (!isHostName(host) || isIP(host) !== 0) {
    throw usageError(`${OPTION} begins with a host name, not with ${quoted(host)}`, HINT);
  }
  const bare = address.startsWith('[') ? address.slice(1, -1) : address;
  if (isIP(bare) !== (address.startsWith('[') ? 6 : 4)) {
    throw usageError(`${OPTION} leads to an IP address, not to ${quoted(address)}`, HINT);
  }
  return {
    host,
    port: parsePort(OPTION, port, HINT),
    to: { host: bare, port: parsePort(OPTION, toPort, HINT) },
  };
}
