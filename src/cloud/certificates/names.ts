import type { X509Certificate } from 'node:crypto';

/** The CN of a certificate's subject; the last where there are several. */
export function commonNameOf({ subject }: X509Certificate): string | undefined {
  // A line for each attribute; OpenSSL escapes line ends inside of values.
  return subject
    ?.split('\n')
    .filter((line) => line.startsWith('CN='))
    .map((line) => line.slice('CN='.length))
    .at(-1);
}

/** The fingerprint of a certificate as a portal writes it: hexadecimal in upper case. */
export function thumbprintsOf({ fingerprint, fingerprint256 }: X509Certificate): { sha1: string; sha256: string } {
  return { sha1: fingerprint.replaceAll(':', ''), sha256: fingerprint256.replaceAll(':', '') };
}
