import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBroker } from '../../../src/broker/index.ts';
import { brokenBroker, type Fault, scriptedFault, tcpFault, tlsFault } from '../../support/broken-broker.ts';
import { brokerIdentity, CONNACK_0 } from '../../support/broker-identity.ts';
import { emuRun } from '../../support/emu-in-process.ts';
import { hangUpAfter } from '../../support/mischief.ts';

const COUNT = 3;
const identity = brokerIdentity();

const node = (more = {}) => {
  const { certificate: cert, key } = identity.server;
  return { cert, key, maxVersion: 'TLSv1.2' as const, ...more };
};

/** A short run of a small fleet, and how it ended. */
async function outcome(port: number, ...args: string[]) {
  const { code, stderr, summary } = await emuRun(
    ...identity.route(port),
    ...['--count', `${COUNT}`, ...(args.includes('--duration') ? [] : ['--duration', '2s']), ...args],
  );
  expect(stderr).not.toMatch(/^ +at /m);
  const said = stderr.match(/^emu: .*$/gm) ?? [];
  return { code, said, devices: summary.devices, causes: summary.causes, disconnections: summary.disconnections };
}

async function against(fault: Fault, ...args: string[]) {
  const broker = await brokenBroker([fault]);
  try {
    return await outcome(broker.port, ...args);
  } finally {
    broker.close();
  }
}

const all = (cause: string, example: RegExp) => [
  // A busy machine adds how many of them fell into its own lateness.
  expect.objectContaining({
    ...{ cause, code: expect.any(String), side: 'broker', count: COUNT, example: expect.stringMatching(example) },
  }),
];
const NONE_CONNECTED = { arrived: COUNT, connected: 0, failed: COUNT };
const NEVER = [`emu: ${COUNT} of ${COUNT} devices never connected`];

test('a broker that accepts TCP and resets everyone is there: exit 1', async () => {
  const { code, said, devices, causes } = await against(tcpFault((socket) => socket.resetAndDestroy()));
  expect({ code, said }).toEqual({ code: 1, said: NEVER });
  expect(devices).toMatchObject(NONE_CONNECTED);
  expect(causes).toEqual(all('TLS: closed by the broker before its ServerHello', /ECONNRESET/));
});

test('a broker that hangs up after CONNACK had every device, and none at the end: exit 1, and the summary tells it apart', async () => {
  const { code, said, devices, causes, disconnections } = await against(
    tlsFault(node(), (socket) => socket.once('data', () => socket.end(CONNACK_0))),
  );
  expect({ code, causes }).toEqual({ code: 1, causes: [] });
  expect(said).toEqual([`emu: ${COUNT} of ${COUNT} devices were not connected at the end`]);
  expect(devices).toMatchObject({ connected: COUNT, failed: 0, connected_at_end: 0 });
  expect(disconnections).toEqual(all('TLS: closed by the broker (close_notify)', /close_notify/));
});

test('a broker that hangs up while the chip of a device computes', async () => {
  const { code, causes } = await against(
    scriptedFault({ ...identity.server, requestCertificate: true, mischief: hangUpAfter('server_hello_done') }),
    ...['--pace', 'hardware', '--duration', '5s'],
  );
  expect(code).toBe(1);
  expect(causes).toEqual(all("TLS: closed by the broker before the device's Certificate", /key operations/));
});

test("brokers that do not answer run into the firmware's patience", async () => {
  const impatient = join(identity.directory, 'impatient.yaml');
  writeFileSync(impatient, 'format: 1\nname: impatient\nextends: esp32-mqtts\nmqtt: { networkTimeoutMs: 1000 }\n');
  const args = ['--profile', impatient, '--duration', '3s'];
  const [tls, mqtt] = await Promise.all([
    against(
      tcpFault(() => {}),
      ...args,
    ),
    against(tlsFault(node()), ...args),
  ]);
  expect(tls).toMatchObject({ code: 1, said: NEVER, devices: NONE_CONNECTED });
  expect(tls.causes).toEqual(all('TLS: timed out', /the TLS handshake did not end in time \(1 s\)/));
  expect(mqtt).toMatchObject({ code: 1, said: NEVER, devices: NONE_CONNECTED });
  expect(mqtt.causes).toEqual(all('MQTT: no CONNACK in time', /network time-out/));
});

test('a host that has no address: exit 107', async () => {
  const { code, stderr, summary } = await emuRun(
    ...identity.route(8883, 'broker.invalid'),
    ...['--count', `${COUNT}`, '--duration', '2s'],
  );
  expect(code).toBe(107);
  expect(stderr).toMatch(/\nemu: no TCP connection was ever accepted by mqtts:\/\/broker\.invalid:8883\n$/);
  // Without a resolver in reach the system may still be asking when the run is over.
  const cause = expect.stringMatching(/^TCP: .*(ENOTFOUND|EAI_AGAIN|by the end of the run)/);
  expect(summary.causes).toMatchObject([{ cause, count: COUNT, example: expect.stringMatching(/^device 0: /) }]);
});

test('a fleet whose root the embedded broker does not know is refused, each device in TLS', async () => {
  const embedded = await startBroker({
    serverCertificatePem: identity.server.certificate,
    serverKeyPem: identity.server.key,
    clientCaPem: identity.root.certificate,
  });
  const { code, said, devices, causes } = await outcome(embedded.port).finally(() => embedded.stop());
  expect({ code, said }).toEqual({ code: 1, said: NEVER });
  expect(devices).toMatchObject(NONE_CONNECTED);
  expect(causes).toEqual(
    all("TLS: closed by the broker after the device's Certificate, before NewSessionTicket", /NewSessionTicket/),
  );
});

test('a broker that does not accept any more: the connections stay open, exit 107', async () => {
  const { listener, port, fill } = await fullListener();
  try {
    const { code, said, devices, causes } = await outcome(port);
    expect(code).toBe(107);
    expect(said).toEqual([`emu: no TCP connection was ever accepted by mqtts://127.0.0.1:${port}`]);
    expect(devices).toMatchObject(NONE_CONNECTED);
    expect(causes).toEqual(all('TCP: connection not accepted by the end of the run', /still waiting/));
  } finally {
    listener.kill('SIGKILL');
    for (const socket of fill) socket.destroy();
  }
});

/** With a backlog of 1 Linux takes one connection more than that before a process accepts any. */
const QUEUE = 2;

/** A stopped process whose queue of connections is full: the system drops every further SYN. */
async function fullListener(): Promise<{ listener: ChildProcess; port: number; fill: Socket[] }> {
  const script = `const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    console.log(server.address().port);
    process.kill(process.pid, 'SIGSTOP');
  })`;
  const listener = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(listener.stdout, 'data');
  const port = Number(line);
  const fill = Array.from({ length: QUEUE }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.all(fill.map((socket) => once(socket, 'connect')));
  return { listener, port, fill };
}
