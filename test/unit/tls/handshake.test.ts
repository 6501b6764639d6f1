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

  // RFC 5246 7.4.4: a list of certificate types, one of algorithms, one of names; 64 is ecdsa_sign, 1 is rsa_sign.
  describe('with a CertificateRequest that the device has no certificate for', () => {
    const request = Uint8Array.of(13, 0, 0, 8, 1, 1, 0, 2, 4, 3, 0, 0);
    const server = () => ({
      ...ecdsa,
      requestCertificate: true,
      mischief: { message: (step: string, bytes: Uint8Array) => (step === 'certificate_request' ? request : bytes) },
    });
    const [CERTIFICATE, CERTIFICATE_VERIFY] = [11, 15];
    const sent = (pair: TlsPair, type: number) => pair.server.seen.filter((message) => message.type === type);

    it('the RFCs answer with an empty list, and prove nothing', async () => {
      const pair = await new TlsPair(client(strict), server()).handshake();
      expect(pair.info).toMatchObject({ certificateRequested: true, certificateSent: false });
      expect(sent(pair, CERTIFICATE).map(({ body }) => body)).toEqual([Uint8Array.of(0, 0, 0)]);
      expect(sent(pair, CERTIFICATE_VERIFY)).toEqual([]);
    });

    it('mbedTLS shows what it has', async () => {
      const pair = await new TlsPair(client(mbedtls), server()).handshake();
      expect(pair.info).toMatchObject({ certificateRequested: true, certificateSent: true });
      expect(sent(pair, CERTIFICATE)[0]?.body.length).toBeGreaterThan(100);
      expect(sent(pair, CERTIFICATE_VERIFY)).toHaveLength(1);
    });
  });
});
