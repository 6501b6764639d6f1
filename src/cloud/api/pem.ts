import { readCertificate, thumbprintsOf } from '../certificates/index.ts';
import { PortalRefusal } from '../refusal.ts';

const BEGINNING = '-----BEGIN CERTIFICATE-----';

/** A body that is a certificate in PEM is as good as JSON that has it: a file can be sent as it is. */
export function pemBody(text: string): object | undefined {
  return text.trimStart().startsWith(BEGINNING) ? { certificatePem: text } : undefined;
}

/** The members of a body, and apart from them the thumbprints of a certificate in it. */
export function certificateIn(body: unknown): { readonly rest: object; readonly thumbprints?: readonly string[] } {
  if (typeof body !== 'object' || body === null) return { rest: {} };
  const { certificatePem, ...rest } = body as { certificatePem?: unknown };
  if (certificatePem === undefined) return { rest };
  const certificate = typeof certificatePem === 'string' ? readCertificate(certificatePem) : undefined;
  if (certificate === undefined) throw new PortalRefusal(400, 'this is not a certificate in PEM', 400_004);
  return { rest, thumbprints: thumbprintsOf(certificate) };
}
