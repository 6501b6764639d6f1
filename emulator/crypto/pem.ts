import { EmuError } from '../errors.ts';

const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]*)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The DER of every certificate in a PEM text, in its order. Throws EMU_E_PEM_EMPTY when it holds none. */
export function certificatesFromPem(pem: string): readonly [Uint8Array, ...Uint8Array[]] {
  const [first, ...others] = [...pem.matchAll(block)].map(
    ([, body = '']) => new Uint8Array(Buffer.from(body, 'base64')),
  );
  if (first === undefined) {
    throw new EmuError('EMU_E_PEM_EMPTY', 'the text holds no certificate', {
      value: pem.slice(0, 64),
      hint: 'give PEM with "-----BEGIN CERTIFICATE-----"',
    });
  }
  return [first, ...others];
}
