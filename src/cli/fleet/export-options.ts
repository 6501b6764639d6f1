import { isIPv6 } from 'node:net';
import { nearest } from '../../base/index.ts';
import { BROKER_NAMES, type BrokerName } from '../../broker-config/index.ts';
import { option } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { isHostName, MQTTS_PORT, parseCount } from '../options/index.ts';

/** Those of `emu fleet export --for`. */
export const BROKER_OPTIONS = {
  for: {
    ...option('Broker', `${BROKER_NAMES.join(' | ')}: its certificates and configuration, and the lines to paste`),
    values: () => BROKER_NAMES,
    check: parseName,
  },
  hostname: {
    ...option('Broker', 'name or address by which devices reach the broker, for its certificate'),
    check: parseHost,
  },
  port: { ...option('Broker', 'of its MQTT listener', '8883'), check: parsePort },
};

/** @throws EmuError EMU_E_USAGE */
export function parseName(text: string): BrokerName {
  const name = BROKER_NAMES.find((each) => each === text.toLowerCase());
  if (name !== undefined) return name;
  const meant = nearest(text, BROKER_NAMES);
  throw usageError(
    `--for does not know the broker ${quoted(text)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    `It knows ${BROKER_NAMES.join(', ')}.`,
  );
}

/** @throws EmuError EMU_E_USAGE */
export function parseHost(text: string | undefined): string {
  if (text !== undefined && (isIPv6(text) || isHostName(text))) return text;
  throw usageError(
    text === undefined ? '--hostname is missing' : `--hostname is not a name or address: ${quoted(text)}`,
    'Give the name by which the devices reach the broker: --hostname localhost',
  );
}

/** @throws EmuError EMU_E_USAGE */
export function parsePort(text = String(MQTTS_PORT)): number {
  const port = parseCount('--port', text, MQTTS_PORT);
  if (port <= 65_535) return port;
  throw usageError(`--port must be at most 65535, not ${port}`, `The port of MQTT over TLS is ${MQTTS_PORT}.`);
}
