import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { emu, emuRun } from '../support/emu-in-process.ts';

test.each(['1', '2'])('devices take their source addresses in turn by their numbers: workers %s', async (workers) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((socket) => {
    seen.push(socket.remoteAddress);
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const line = ['--count', '10', '--rate', '50', '--duration', '2s', '--workers', workers];
  const sources = ['--source-addresses', '127.0.0.2-127.0.0.3'];
  const { summary } = await emuRun('--broker', `mqtts://localhost:${port}`, ...line, ...sources);
  server.close();
  expect(summary.tcp_ms.count).toBe(10);
  // Five devices in each of two workers, if each counted its own, would be six and four.
  const from = (address: string) => seen.filter((each) => each === address).length;
  expect([seen.length, from('127.0.0.2'), from('127.0.0.3')]).toEqual([10, 5, 5]);
});

test('an address that this machine does not have is refused before anything starts', async () => {
  const { code, stdout, stderr } = await emu('run', '--source-addresses', '192.0.2.77');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^emu: --source-addresses: 192\.0\.2\.77 is no address of this machine \(EADDRNOTAVAIL\)$/m);
});
