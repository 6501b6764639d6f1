import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe } from 'vitest';
import { exportedBrokerCases } from '../support/exported-broker-cases.ts';
import { freePort } from '../support/free-port.ts';
import { requireProgram } from '../support/interop.ts';

// Every Erlang node on a machine is listed by its epmd, and starts one, a daemon that outlives it, where there is none.
process.env.ERL_EPMD_PORT = String(await freePort());
const epmd = spawn('epmd', ['-address', '127.0.0.1'], { stdio: 'ignore' });
epmd.on('error', () => {});

// `rabbitmq-server` itself knows no argument that does not start it.
const path = requireProgram('rabbitmqctl', ['version']);

describe.skipIf(path === undefined)('RabbitMQ as exported', async () => {
  exportedBrokerCases('rabbitmq', /unknown_ca/, { RABBITMQ_DIST_PORT: String(await freePort()) });
});

afterAll(async () => {
  if (epmd.exitCode !== null || epmd.pid === undefined) return;
  const ended = once(epmd, 'exit');
  epmd.kill('SIGKILL');
  await ended;
});
