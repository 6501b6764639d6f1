import { X509Certificate } from 'node:crypto';

/** The certificate in a PEM text, the first where there are several; undefined when there is none that can be read whole. */
export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    // OpenSSL looks at the key when it is asked for it.
    return certificate.publicKey.type === 'public' ? certificate : undefined;
  } catch {
    return undefined;
  }
}
