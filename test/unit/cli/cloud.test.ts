import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseCommandLine } from '../../../src/cli/command-line/index.ts';
import { type Issued, issue, pemOf } from '../../support/chains.ts';
import { emu, type Running, startEmu } from '../../support/emu-in-process.ts';
import { freePort } from '../../support/free-port.ts';
import { authority } from '../../support/memory-cloud.ts';

let root: Issued & { readonly pem: string };
let scratch: string;

beforeAll(async () => {
  root = await authority('root');
});
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-cloud-cli-'));
  writeFileSync(join(scratch, 'root.pem'), root.pem);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const inScratch = (name: string) => join(scratch, name);

/** Starts `emu cloud` and waits until it has said where it is. */
async function started(...args: string[]): Promise<Running> {
  const running = startEmu(['cloud', ...args]);
  let over = false;
  running.ended.then(() => {
    over = true;
  });
  onTestFinished(async () => {
    running.signal('SIGINT');
    await running.ended;
  });
  while (!over && running.output.stdout === '') await new Promise((resolve) => setTimeout(resolve, 10));
  if (over) throw new Error(running.output.stderr);
  return running;
}

interface View {
  readonly schema: string;
  readonly id_scope: string;
  readonly dps_port: number;
  readonly hub_port: number;
  readonly hubs: readonly string[];
  readonly api: string;
  readonly token_file: string;
  readonly ca_file: string;
  readonly run: readonly string[] | null;
}

async function startedJson(...args: string[]): Promise<{ running: Running; view: View }> {
  const running = await started('--json', ...args);
  return { running, view: JSON.parse(running.output.stdout) };
}

async function ended(running: Running) {
  running.signal('SIGTERM');
  return running.ended;
}

describe('emu cloud', () => {
  test('says where everything is and how devices get there, and ends well when it is told to', async () => {
    const running = await started('--enroll-ca', inScratch('root.pem'), '--hub', 'a.test', '--hub', 'b.test');
    const [dps = '', hubs = '', api = '', ca = '', , run = '', , last = ''] = running.output.stdout.split('\n');
    const [, dpsPort] = /^DPS {3}mqtts:\/\/127\.0\.0\.1:(\d+) +id scope 0ne00000000$/.exec(dps) ?? [];
    const [, hubPort] = /^hubs {2}mqtts:\/\/127\.0\.0\.1:(\d+) +a\.test, b\.test$/.exec(hubs) ?? [];
    const [, token = ''] = /^API {3}http:\/\/127\.0\.0\.1:\d+ +token in (\S+)$/.exec(api) ?? [];
    const [, caFile = ''] = /^CA {4}(\S+) +what devices trust$/.exec(ca) ?? [];
    expect(run).toBe(
      `emu run --profile azure-dps --ca-cert ${inScratch('root.pem')} --ca-key KEY --broker mqtts://127.0.0.1:${dpsPort} --id-scope 0ne00000000 --ca ${caFile} --resolve a.test:8883:127.0.0.1:${hubPort} --resolve b.test:8883:127.0.0.1:${hubPort}`,
    );
    expect(last).toBe('nothing is stored. Ctrl-C ends.');
    expect(statSync(token).mode & 0o077).toBe(0);
    expect(readFileSync(caFile, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    const { code, stderr } = await ended(running);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // What nobody needs any more is gone.
    expect([existsSync(token), existsSync(caFile)]).toEqual([false, false]);
  });

  test('prints a line that emu run understands', async () => {
    await emu('fleet', 'create', '--profile', 'azure-dps', '--count', '1', '--out', inScratch('fleet'), '--quiet');
    const { view } = await startedJson('--fleet', inScratch('fleet'));
    const invocation = parseCommandLine(view.run ?? []);
    if ('print' in invocation) throw new Error(invocation.print);
    const { command, args } = invocation;
    expect(command.words).toEqual(['run']);
    for (const [name, { check }] of Object.entries(command.options)) {
      if (typeof args[name] === 'string') check?.(args[name]);
    }
    expect(args).toMatchObject({ fleet: inScratch('fleet'), 'id-scope': '0ne00000000', ca: view.ca_file });
  });

  test('serves an API for who has the token', async () => {
    const { view } = await startedJson();
    expect(view).toMatchObject({ schema: 'emu-cloud/1', hubs: ['hub-1.azure-devices.test'], run: null });
    const token = readFileSync(view.token_file, 'utf8').trim();
    const call = (authorization: string) => fetch(view.api, { headers: { authorization } });
    expect((await call('Bearer nobody')).status).toBe(401);
    expect(await (await call(`Bearer ${token}`)).json()).toMatchObject({ idScope: '0ne00000000' });
  });

  test('serves on the ports and under the names that it is given', async () => {
    const [dps, hub, api] = [await freePort(), await freePort(), await freePort()];
    const ports = ['--dps-port', String(dps), '--hub-port', String(hub), '--api-port', String(api)];
    const names = ['--host', 'dps.test', '--hub', `localhost:${hub}`, '--id-scope', 'scope'];
    const { view } = await startedJson(...ports, ...names, '--enroll-ca', inScratch('root.pem'));
    expect(view).toMatchObject({ dps_port: dps, hub_port: hub, api: `http://127.0.0.1:${api}`, id_scope: 'scope' });
    // A hub with a port in its name is reached by that.
    expect(view.run).not.toContain('--resolve');

    const { certificate: cert, key } = await pemOf(await issue({ subject: 'device', issuer: root }));
    const tls = { host: '127.0.0.1', port: dps, ca: readFileSync(view.ca_file), cert, key, servername: 'dps.test' };
    const username = 'scope/registrations/device/api-version=2021-06-01';
    const client = await connectAsync({ protocol: 'mqtts', ...tls, clientId: 'device', username } as never);
    await client.endAsync();
  });

  test('keeps its state and its CA, and leaves no token behind', async () => {
    const args = ['--state', inScratch('state'), '--hub', 'a.test', '--enroll-ca', inScratch('root.pem')];
    const first = await startedJson(...args);
    const caPem = readFileSync(first.view.ca_file, 'utf8');
    expect(first.view.ca_file).toBe(inScratch('state/server-ca.pem'));
    expect(readFileSync(inScratch('state/token'), 'utf8')).not.toBe('');
    const authorization = `Bearer ${readFileSync(first.view.token_file, 'utf8').trim()}`;
    const authentication = { type: 'certificateAuthority' };
    const device = `${first.view.api}/hubs/a.test/devices/pump`;
    await fetch(device, { method: 'PUT', headers: { authorization }, body: JSON.stringify({ authentication }) });

    const second = await emu('cloud', ...args);
    expect(second).toMatchObject({
      code: 104,
      stderr: expect.stringMatching(/in use by a cloud .*\n.*\n +EMU_E_FLEET_LOCKED\n$/s),
    });
    await ended(first.running);
    expect(readdirSync(inScratch('state')).toSorted()).toEqual([
      'cloud.mdb',
      'cloud.mdb-lock',
      'cloud.yaml',
      'locks',
      'server-ca.pem',
      'servers.yaml',
    ]);

    // Devices have the hub in their records: it is served again, named or not.
    const third = await startedJson('--state', inScratch('state'), '--hub', 'b.test');
    expect(third.view.hubs).toEqual(['b.test', 'a.test']);
    expect(readFileSync(third.view.ca_file, 'utf8')).toBe(caPem);
  });

  test.each([
    [['--hub', 'a b'], '--hub must be a host name, not "a b"'],
    [['--hub', 'a.test,A.test'], '--hub names a.test twice'],
    [['--hub', 'localhost:99999'], 'the port of --hub must be from 1 to 65535, not "99999"'],
    [['--host', 'a:1'], '--host must be a host name, not "a:1"'],
    [['--id-scope', 'a/b'], '--id-scope must be 1 to 128 visible ASCII characters'],
    [['--allocation', 'random'], '--allocation must be hashed, lowest-load, static, not "random"'],
    [['--dps-port', '0'], 'the port of --dps-port must be from 1 to 65535, not "0"'],
    [['--limit-requests', '0'], '--limit-requests must be a number above 0, not 0'],
    [['--retry-after', '1.5'], '--retry-after must be a whole number of seconds, not "1.5"'],
    [['--assign-delay', '5'], '--assign-delay must be a time with its unit, not "5"'],
    [['--enroll-ca', 'no-such-file'], '--enroll-ca: cannot read no-such-file: there is no such file'],
  ])('refuses %j in a line', async (args, message) => {
    const { code, stderr } = await emu('cloud', ...args);
    expect(stderr).toContain(`emu: ${message}`);
    expect([code, stderr.split('\n').slice(2)]).toEqual([2, ['     EMU_E_USAGE', '']]);
  });

  test('refuses a certificate that is no CA, and a fleet that does not register', async () => {
    const leaf = await pemOf(await issue({ subject: 'device', issuer: root }));
    writeFileSync(inScratch('leaf.pem'), leaf.certificate);
    expect(await emu('cloud', '--enroll-ca', inScratch('leaf.pem'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not the certificate of a CA'),
    });
    await emu('fleet', 'create', '--count', '1', '--out', inScratch('fleet'), '--quiet');
    expect(await emu('cloud', '--fleet', inScratch('fleet'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(esp32-mqtts) do not register at a DPS'),
    });
  });

  test('refuses a directory of others, and a port that is taken', async () => {
    writeFileSync(inScratch('notes.txt'), 'mine');
    expect(await emu('cloud', '--state', scratch)).toMatchObject({
      code: 104,
      stderr: expect.stringMatching(/has other contents than the state of a cloud: .*\n.*\n +EMU_E_CLOUD_STATE\n$/s),
    });
    const { view } = await startedJson();
    expect(await emu('cloud', '--hub-port', String(view.dps_port))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /cannot listen on port \d+: another process listens there\n.*\n +EMU_E_CLOUD_PORT\n$/s,
      ),
    });
  });
});
