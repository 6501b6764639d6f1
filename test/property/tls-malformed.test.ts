import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificatesFromPem, parseCertificate } from '../../emulator/crypto/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import { type Ca, createCa, type Identity } from '../support/certificates.ts';
import { serverSteps } from '../support/hostile-server.ts';
import { repetitions } from '../support/size.ts';
import { clientOptions, mbedtls, strict, TlsPair } from '../support/tls-client.ts';

let ca: Ca;
let device: Identity;
let broker: Identity;

beforeAll(async () => {
  ca = await createCa({ commonName: 'root' });
  device = await ca.issue({ commonName: 'device 1' });
  broker = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'] });
});

/** Overwrites, cuts out and puts in bytes at places given as fractions of the length. */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    remove: fc.integer({ min: 0, max: 3 }),
    insert: fc.uint8Array({ maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);

function edited(bytes: Uint8Array, list: readonly { at: number; remove: number; insert: Uint8Array }[]): Uint8Array {
  const copy = [...bytes];
  for (const { at, remove, insert } of list) copy.splice(Math.floor(at * copy.length), remove, ...insert);
  return Uint8Array.from(copy);
}

describe('malformed input', () => {
  it('in a message or a record of the server ends a handshake cleanly or not at all', async () => {
    const steps = serverSteps.filter((step) => !step.startsWith('client'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...steps),
        fc.constantFrom('message' as const, 'wire' as const),
        edits,
        fc.constantFrom(mbedtls, strict),
        async (step, layer, list, policy) => {
          const mischief = { [layer]: (at: string, bytes: Uint8Array) => (at === step ? edited(bytes, list) : bytes) };
          const server = { ...broker, requestCertificate: true, sessionTicket: true, mischief };
          const client = clientOptions({ ca: ca.certificate, device, policy });
          const pair = await new TlsPair(client, server).handshake();
          // A server that fell silent would in truth hang up.
          pair.client.transportClosed();
          expect(pair.closures).toBe(1);
          expect(pair.reason).toBeInstanceOf(EmuError);
          expect(pair.reason?.code).toMatch(/^EMU_E_TLS_/);
          expect(pair.reason?.code).not.toBe('EMU_E_TLS_INTERNAL');
          expect(pair.client.state).toBe('closed');
        },
      ),
      { numRuns: repetitions(150, 5000) },
    );
  });

  it('in a certificate is refused with EMU_E_CERTIFICATE_MALFORMED or read', () => {
    const [der] = certificatesFromPem(broker.certificate) as [Uint8Array];
    fc.assert(
      fc.property(edits, (list) => {
        try {
          parseCertificate(edited(der, list));
        } catch (error) {
          expect((error as EmuError).code).toBe('EMU_E_CERTIFICATE_MALFORMED');
        }
      }),
      { numRuns: repetitions(500, 20_000) },
    );
  });

  it('of any bytes at all is refused', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 5, maxLength: 100 }),
        fc.constantFrom(mbedtls, strict),
        (bytes, policy) => {
          const client = clientOptions({ ca: ca.certificate, device, policy });
          const pair = new TlsPair(client, { ...broker, mischief: { after: (_step, server) => server.hangUp() } });
          pair.client.start();
          pair.client.receive(bytes);
          expect(pair.closures).toBe(1);
        },
      ),
      { numRuns: repetitions(100, 5000) },
    );
  });
});
