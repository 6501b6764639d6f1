import { beforeAll, describe, expect, it } from 'vitest';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';
import { clientOptions, mbedtls, strict, TlsPair } from '../../support/tls-client.ts';

let ca: Ca;
let device: Identity;
let ecdsa: Identity;
let rsa: Identity;

beforeAll(async () => {
  ca = await createCa({ commonName: 'root' });
  device = await ca.issue({ commonName: 'device 1' });
  ecdsa = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'] });
  rsa = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'], keyType: 'RSA-2048' });
});

const client = (policy = mbedtls) => clientOptions({ ca: ca.certificate, device, policy });

describe('a full handshake', () => {
  it.each(['mbedtls-2.16', 'rfc'])('completes with the %s policy', async (name) => {
    const pair = await new TlsPair(client(name === 'rfc' ? strict : mbedtls), ecdsa).handshake();
    expect(pair.reason).toBeUndefined();
    expect(pair.info).toEqual({
      suite: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      extendedMasterSecret: true,
      secureRenegotiation: true,
      certificateRequested: false,
      certificateSent: false,
    });
    expect(pair.client.state).toBe('established');
  });

  it('completes with an RSA server, without extended master secret, with a ticket and a client certificate', async () => {
    const server = { ...rsa, extendedMasterSecret: false, sessionTicket: true, requestCertificate: true };
    const pair = await new TlsPair(client(), server).handshake();
    expect(pair.info).toEqual({
      suite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      extendedMasterSecret: false,
      secureRenegotiation: true,
      certificateRequested: true,
      certificateSent: true,
    });
  });
});
