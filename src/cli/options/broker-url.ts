import { isIPv4, isIPv6 } from 'node:net';
import type { BrokerAddress } from '../../run/index.ts';
import { quoted, usageError } from '../errors/index.ts';

export const MQTTS_PORT = 8883;
const HINT = 'Write it like --broker mqtts://broker.example.com:8883 or --broker mqtts://[::1].';

/** `mqtts://HOST[:PORT]`, an IPv6 host in brackets. */
export function parseBroker(text: string): BrokerAddress {
  // Before any complaint that repeats the text.
  if (text.includes('@')) {
    throw usageError(
      '--broker takes no user name or password',
      'The devices identify themselves by their certificates alone.',
    );
  }
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) {
    throw usageError(`--broker must look like mqtts://HOST[:${MQTTS_PORT}], not ${quoted(text)}`, HINT);
  }
  if (scheme.toLowerCase() !== 'mqtts') {
    throw usageError(
      `--broker knows only mqtts://, not ${scheme}://`,
      'The devices always speak MQTT over mutual TLS: name the port of the TLS listener.',
    );
  }
  if (/[/?#]/.test(authority)) throw usageError(`--broker takes no path, not ${quoted(text)}`, HINT);
  const [, host, portText] = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(authority) ?? [];
  const name = host?.startsWith('[') ? host.slice(1, -1) : host;
  if (host === undefined || name === undefined || !(host.startsWith('[') ? isIPv6(name) : isHostName(name))) {
    throw usageError(`--broker has no valid host: ${quoted(text)}`, HINT);
  }
  return { host: name, port: portText === undefined ? MQTTS_PORT : parsePort('--broker', portText, HINT) };
}

/** Whether a name or an IPv4 address is written as one: what ends in a number is an address, or nothing (URL Standard, 3.5). */
export function isHostName(host: string): boolean {
  if (/(^|\.)(\d+|0x[\da-f]*)\.?$/i.test(host)) return isIPv4(host);
  return host.length <= 253 && /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?$/i.test(host);
}

/** @throws EmuError EMU_E_USAGE */
export function parsePort(option: string, text: string, hint: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw usageError(`the port of ${option} must be from 1 to 65535, not ${quoted(text)}`, hint);
  }
  return port;
}
