import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCredentials } from '../../../emulator/host-library/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { certificatePem, createServerCa, serverCertificate } from '../../../src/factory/index.ts';
import { TrustAndGoFactory } from '../../../src/factory/trust-and-go.ts';
import { Host, makeChip } from '../../support/atecc608.ts';
import { requireProgram } from '../../support/interop.ts';
import { readTrustAndGo, rebuildTrustAndGo } from '../../support/trust-and-go-host.ts';
import { Bench, makeFleet, NOW } from '../../unit/factory/fleet.ts';

const openssl = requireProgram('openssl', ['version']);
const directory = mkdtempSync(join(tmpdir(), 'twinfleet-chain-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** The certificates were issued in June 2026, whenever this runs. */
const AT = ['-attime', String(Date.parse('2026-06-18T12:00:00Z') / 1000)];

function verify(...parameters: string[]): string {
  const { stdout, stderr } = spawnSync(openssl ?? '', ['verify', ...AT, ...parameters], { encoding: 'utf8' });
  return stdout + stderr;
}

describe.skipIf(openssl === undefined)('openssl verify', () => {
  const fleet = makeFleet('openssl');
  const root = file('root.pem', certificatePem(fleet.ca.root.der));
  const signer = file('signer.pem', certificatePem(fleet.ca.signer.der));

  it('accepts devices through their signer to the root, and not without the signer', async () => {
    for (let index = 0; index < 5; index++) {
      const { memory, commonName } = fleet.factory.provisionDevice(index);
      const name = new TextEncoder().encode(commonName);
      const [der] = loadCredentials(new Bench(memory).driver, fleet.factory.definitions, name);
      const device = file(`device-${index}.pem`, certificatePem(der));
      expect(verify('-purpose', 'sslclient', '-CAfile', root, '-untrusted', signer, device)).toBe(`${device}: OK\n`);
      expect(verify('-CAfile', root, device)).toContain('unable to get local issuer certificate');
    }
  });

  it('refuses a device of another fleet', async () => {
    const stranger = makeFleet('stranger');
    const { memory, commonName } = stranger.factory.provisionDevice(0);
    const name = new TextEncoder().encode(commonName);
    const chain = loadCredentials(new Bench(memory).driver, stranger.factory.definitions, name);
    const device = file('stranger.pem', certificatePem(chain[0]));
    const untrusted = file('stranger-signer.pem', certificatePem(chain[1]));
    expect(verify('-CAfile', root, '-untrusted', untrusted, device)).toContain('verification failed');
  });

  it('accepts TNGTLS parts through their signer to the root of their factory', () => {
    const parts = new TrustAndGoFactory(rootRng('parts'));
    const trusted = file('tng-root.pem', parts.rootPem);
    const rootKey = new X509Certificate(parts.rootPem).publicKey.export({ type: 'spki', format: 'der' }).subarray(-64);
    const memory = parts.make({ serialNumber: Buffer.from('012300000000000a01', 'hex'), rng: rootRng('keys') });
    const slots = readTrustAndGo(new Host(makeChip({ memory })));
    const { device, signer: above } = rebuildTrustAndGo(slots, rootKey);
    const [leaf, intermediate] = [
      file('tng.pem', certificatePem(device)),
      file('tng-signer.pem', certificatePem(above)),
    ];
    const strict = ['-x509_strict', '-purpose', 'sslclient', '-CAfile', trusted];
    expect(verify(...strict, '-untrusted', intermediate, leaf)).toBe(`${leaf}: OK\n`);
    expect(verify('-CAfile', root, '-untrusted', intermediate, leaf)).toContain('verification failed');
  });

  it('accepts a server certificate for its names and addresses', () => {
    const rng = rootRng('server');
    const servers = createServerCa({ rng, now: NOW, organization: 'servers' });
    const { certificatePem: text } = serverCertificate({
      ca: servers,
      hosts: ['localhost', '127.0.0.1', '::1'],
      rng,
    });
    const trusted = file('server-ca.pem', certificatePem(servers.root.der));
    const server = file('server.pem', text);
    const checks = [
      ['-verify_hostname', 'localhost'],
      ['-verify_ip', '127.0.0.1'],
      ['-verify_ip', '::1'],
    ];
    for (const check of checks) {
      expect(verify('-purpose', 'sslserver', '-CAfile', trusted, ...check, server)).toBe(`${server}: OK\n`);
    }
    expect(verify('-CAfile', trusted, '-verify_hostname', 'other', server)).toContain('hostname mismatch');
  });
});
