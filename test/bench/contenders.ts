import { join } from 'node:path';

/** Where a contender runs: everything both need, made beforehand. */
export interface Scene {
  /** Holds server-ca.pem, fleet.pem, fleet.key, and for each device k its own `k.pem` and `k.key`. */
  readonly directory: string;
  readonly port: number;
  readonly count: number;
  /** Arrivals per second. */
  readonly rate: number;
}

export interface Contender {
  readonly name: string;
  /** Arguments of a node process that brings up the connections and holds them. */
  command(scene: Scene): readonly string[];
}

const root = join(import.meta.dirname, '../../..');

/** How long `emu run` holds its connections after the last arrival; ample for the measurement. */
const HOLD_S = 60;

export const mqttJs: Contender = {
  name: 'MQTT.js over node:tls',
  command: ({ directory, port, count, rate }) => [
    // As the twin, whose firmware knows no newer version.
    '--tls-max-v1.2',
    join(import.meta.dirname, 'mqttjs-fleet.js'),
    directory,
    `${port}`,
    `${count}`,
    `${rate}`,
  ],
};

export const emu: Contender = {
  name: 'emu run',
  command: ({ directory, port, count, rate }) => [
    join(root, 'dist/src/cli/emu.js'),
    'run',
    ...['--count', `${count}`],
    ...['--rate', `${rate}`],
    ...['--duration', `${Math.ceil(count / rate) + HOLD_S}s`],
    ...['--broker', `mqtts://localhost:${port}`],
    ...['--ca', join(directory, 'server-ca.pem')],
    ...['--ca-cert', join(directory, 'fleet.pem')],
    ...['--ca-key', join(directory, 'fleet.key')],
    '--json',
  ],
};
