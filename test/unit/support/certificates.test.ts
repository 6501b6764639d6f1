import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCa } from '../../support/certificates.ts';

test.each(['P-256', 'RSA-2048'] as const)('a %s CA issues what OpenSSL verifies', async (keyType) => {
  const ca = await createCa({ commonName: 'root', keyType });
  const { certificate, key } = await ca.issue({
    commonName: 'server',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
    keyType,
  });
  const root = new X509Certificate(ca.certificate);
  const leaf = new X509Certificate(certificate);
  expect(root.ca).toBe(true);
  expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.subject).toBe('CN=server');
  expect([leaf.checkHost('localhost'), leaf.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
  expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
});
