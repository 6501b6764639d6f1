import { expect, test } from 'vitest';
import { requireKnownRoot } from '../../../../src/cli/ca/index.ts';
import { createCa } from '../../../support/certificates.ts';

const keyPem = 'not looked at';

test('a root on P-256 is one that a broker may know', async () => {
  const { certificate } = await createCa({ commonName: 'root' });
  expect(() => requireKnownRoot({ certificatePem: certificate, keyPem })).not.toThrow();
});

test('a root of another kind is refused, with what to do', async () => {
  const { certificate } = await createCa({ commonName: 'root', keyType: 'RSA-2048' });
  expect(() => requireKnownRoot({ certificatePem: certificate, keyPem })).toThrow(/is not on P-256/);
});

test('a line break that OpenSSL would miss does not matter', async () => {
  const { certificate } = await createCa({ commonName: 'root' });
  const certificatePem = certificate.replace('\n', ' ');
  expect(() => requireKnownRoot({ certificatePem, keyPem })).not.toThrow();
});
