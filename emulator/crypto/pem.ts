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

/** The DER of the first text with this label in a PEM text; undefined where none is whole. */
export function derFromPem(pem: string, label: string): Uint8Array | undefined {
  const body = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`).exec(pem)?.[1];
  return body === undefined ? undefined : new Uint8Array(Buffer.from(body, 'base64'));
}

/** DER in PEM (RFC 7468 3), lines of 64 characters. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
