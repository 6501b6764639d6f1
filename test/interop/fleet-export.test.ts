import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, emu } from '../support/emu-in-process.ts';
import { requireProgram } from '../support/interop.ts';

const openssl = requireProgram('openssl', ['version']);

describe.skipIf(openssl === undefined)('emu fleet export, looked at by OpenSSL', () => {
  let directory: string;
  const file = (...names: string[]) => join(directory, ...names);

  function verify(...args: string[]): string {
    const { stdout, stderr } = spawnSync(openssl as string, ['verify', ...args], { encoding: 'utf8' });
    return stdout + stderr;
  }

  function shown(certificate: string, ...what: string[]): string {
    const args = ['x509', '-noout', '-nameopt', 'RFC2253', '-in', certificate, ...what];
    return execFileSync(openssl as string, args, { encoding: 'utf8' }).trim();
  }

  function exported(fleet: string, ...args: string[]): Promise<Ended> {
    return emu('fleet', 'export', file(fleet), ...args);
  }

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleet-export-'));
    const rsa = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/O=Big/CN=Big root'];
    execFileSync(openssl as string, [...rsa, '-keyout', file('rsa.key'), '-out', file('rsa.pem')], { stdio: 'pipe' });
    const brought = ['--ca-cert', file('rsa.pem'), '--ca-key', file('rsa.key')];
    const ended = await Promise.all([
      emu('fleet', 'create', '--count', '3', '--out', file('own'), '--org', 'Acme', '--validity', '7'),
      emu('fleet', 'create', '--count', '3', '--out', file('brought'), ...brought),
    ]);
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(['own', 'brought'])('the certificates of a fleet under our %s root verify', async (fleet) => {
    const out = file(`${fleet}-certificates`);
    expect(await exported(fleet, '--certificates', '--out', out)).toMatchObject({ code: 0, stderr: '' });
    const devices = readdirSync(join(out, 'devices'));
    expect(devices).toHaveLength(3);
    for (const device of devices) {
      const path = join(out, 'devices', device);
      const chain = [
        '-purpose',
        'sslclient',
        '-CAfile',
        join(out, 'clients.pem'),
        '-untrusted',
        join(out, 'signer.pem'),
      ];
      expect(verify(...chain, path)).toBe(`${path}: OK\n`);
      expect(shown(path, '-subject')).toContain(`CN=${device.replace('.pem', '')}`);
    }
    const anchors = readFileSync(join(out, 'clients.pem'), 'utf8');
    expect(anchors.match(/BEGIN/g)).toHaveLength(fleet === 'own' ? 1 : 2);
    if (fleet === 'brought') expect(anchors).toContain(readFileSync(file('rsa.pem'), 'utf8').trim());
  });

  test('--org and --validity are in the certificates', () => {
    const [device = ''] = readdirSync(file('own-certificates', 'devices'));
    const path = file('own-certificates', 'devices', device);
    expect(shown(path, '-subject')).toMatch(/^subject=CN=0123[0-9a-f]{12}ee,O=Acme$/);
    for (const each of [path, file('own-certificates', 'signer.pem')]) {
      const [from, to] = shown(each, '-dates')
        .split('\n')
        .map((line) => new Date(line.replace(/^.*=/, '')).getUTCFullYear());
      expect((to ?? 0) - (from ?? 0)).toBe(7);
    }
  });

  test('proof of possession is the cloud’s code, signed by the CA', async () => {
    const out = file('possession');
    const code = '6D4E77A2-9F1B';
    expect(await exported('brought', '--prove-possession', code, '--out', out)).toMatchObject({ code: 0, stderr: '' });
    for (const issuer of ['signer', 'root']) {
      const proof = join(out, `${issuer}-possession.pem`);
      expect(verify('-partial_chain', '-CAfile', join(out, `${issuer}.pem`), proof)).toBe(`${proof}: OK\n`);
      expect(shown(proof, '-subject')).toBe(`subject=CN=${code}`);
    }
    const crossed = ['-partial_chain', '-CAfile', join(out, 'root.pem'), join(out, 'signer-possession.pem')];
    expect(verify(...crossed)).toContain('verification failed');
  });

  test('a broker’s server certificate is for the host, under the CA that the devices are to trust', async () => {
    const out = file('nats');
    const ended = await exported(
      'own',
      '--for',
      'nats',
      '--hostname',
      '192.0.2.7',
      '--port',
      '18883',
      '--out',
      out,
      '--json',
    );
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      run: `emu run --fleet ${file('own')} --broker mqtts://192.0.2.7:18883 --ca ${join(out, 'server-ca.pem')}`,
    });
    const server = join(out, 'server.pem');
    const trusted = ['-purpose', 'sslserver', '-CAfile', join(out, 'server-ca.pem')];
    expect(verify(...trusted, '-verify_ip', '192.0.2.7', server)).toBe(`${server}: OK\n`);
    expect(verify(...trusted, '-verify_ip', '192.0.2.8', server)).toContain('IP address mismatch');
    expect(statSync(join(out, 'server.key')).mode & 0o077).toBe(0);
  });

  test.concurrent.each([
    [['--for', 'mosquito', '--hostname', 'localhost'], 'did you mean mosquitto?'],
    [['--for', 'nats'], '--hostname is missing'],
    [['--for', 'nats', '--hostname', 'a b'], '--hostname is not a name or address'],
    [['--for', 'nats', '--hostname', 'localhost', '--port', '65536'], '--port must be at most 65535'],
    [[], 'say what to export'],
    [['--certificates', '--segment', '0/2'], '--segment and --certificates are different exports'],
    [['--certificates', '--hostname', 'localhost'], '--hostname goes with --for'],
    [['--prove-possession', 'é'], '--prove-possession takes the code of a cloud'],
    [['--certificates', '--out', '/proc/none'], '--out: cannot write into /proc/none'],
  ])('%j is refused in a line', async (args, message) => {
    const { code, stderr } = await exported('own', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
