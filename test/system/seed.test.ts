import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:tls';
import { createServer } from 'node:tls';
import { parser } from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokerIdentity, CONNACK_0 } from '../support/broker-identity.ts';
import { emuRun } from '../support/emu-in-process.ts';

/** What a broker gets to know of a device. */
interface Acquaintance {
  readonly clientId: string;
  /** The chip's. */
  readonly serialNumber: string | undefined;
  readonly publicKey: string;
  /** Every sample: temperature, pressure, humidity. */
  readonly samples: number[][];
}

const identity = brokerIdentity();
let server: Server;
let met: Map<string, Acquaintance>;

beforeAll(async () => {
  const { certificate: cert, key } = identity.server;
  server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
    const { raw } = socket.getPeerCertificate();
    const { subject, publicKey } = new X509Certificate(raw);
    const packets = parser();
    let device: Acquaintance | undefined;
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        device = {
          clientId: packet.clientId,
          serialNumber: /CN=(\w+)/.exec(subject)?.[1],
          publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('hex'),
          samples: [],
        };
        met.set(device.clientId, device);
        socket.write(CONNACK_0);
      } else if (packet.cmd === 'publish' && device && String(packet.payload).startsWith('{')) {
        const sample: Record<string, string> = JSON.parse(String(packet.payload));
        device.samples.push(Object.values(sample).map(Number));
      }
    });
    socket.on('data', (bytes) => packets.parse(bytes));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
});

/** The devices of a run, sorted by client id. */
async function devicesOf(...args: string[]): Promise<Acquaintance[]> {
  met = new Map();
  const { code } = await emuRun(
    ...identity.route((server.address() as AddressInfo).port),
    ...['--count', '5', '--duration', '3s', '--interval', '500ms', ...args],
  );
  expect(code).toBe(0);
  const devices = [...met.values()].sort((a, b) => a.clientId.localeCompare(b.clientId));
  expect(devices).toHaveLength(5);
  for (const { samples } of devices) expect(samples[0]).toEqual(Array(3).fill(expect.any(Number)));
  return devices;
}

const known = (devices: readonly Acquaintance[], what: keyof Acquaintance) => devices.map((device) => device[what]);

test('--seed repeats the devices of a run, in one worker or two: who they are, their keys and their air; another seed none of them', async () => {
  const once = await devicesOf('--seed', 'x');
  const again = await devicesOf('--seed', 'x');
  const split = await devicesOf('--seed', 'x', '--workers', '2');
  const other = await devicesOf('--seed', 'y');
  for (const what of ['clientId', 'serialNumber', 'publicKey'] as const) {
    expect(known(again, what)).toEqual(known(once, what));
    expect(known(split, what)).toEqual(known(once, what));
    expect(new Set([...known(once, what), ...known(other, what)]).size).toBe(10);
  }
  // Which sample is the first to find a connection is the machine's affair; a sample itself is the same to the last digit.
  expect(once.map((device, k) => haveSamplesInCommon(device, again[k]))).toEqual(Array(5).fill(true));
  expect(once.map((device, k) => haveSamplesInCommon(device, split[k]))).toEqual(Array(5).fill(true));
  expect(once.map((device, k) => haveSamplesInCommon(device, other[k]))).toEqual(Array(5).fill(false));
});

function haveSamplesInCommon(one: Acquaintance, other: Acquaintance | undefined): boolean {
  const measured = new Set(one.samples.map(String));
  return other?.samples.some((sample) => measured.has(String(sample))) ?? false;
}
