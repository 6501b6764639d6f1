import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Profile } from '../../emulator/devices/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { loadAuthority } from '../factory/index.ts';
import type { AuthorityPem } from '../fleet/index.ts';
import { usageError } from './usage.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Every certificate of the bundle that `--ca` names, each checked to be one. */
export function readTrust(file: string): string[] {
  const certificates = read('--ca', file).match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw usageError(
      `--ca: ${file} holds no PEM certificate`,
      "Give the certificate of the authority that issued the broker's, -----BEGIN CERTIFICATE----- and all.",
    );
  }
  for (const pem of certificates) requireCertificate(file, pem);
  return certificates;
}

/**
 * The fleet's own root that `--ca-cert` and `--ca-key` name. It is loaded here for its checks alone, so that a root that
 * cannot serve `profile` is refused before anything starts.
 * @throws EmuError EMU_E_USAGE unreadable, EMU_E_CA_… unfit.
 */
export function readAuthority(certificateFile: string, keyFile: string, profile: Profile): AuthorityPem {
  const authority = { certificatePem: read('--ca-cert', certificateFile), keyPem: read('--ca-key', keyFile) };
  loadAuthority(authority, { rng: rootRng('check'), now: new Date(), names: profile.certificates });
  return authority;
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`${option}: cannot read ${file}: ${reason(error)}`, 'Check the path and who may read it.', error);
  }
}

/** The system's words without the call and the path that Node adds. */
function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES') return 'permission denied';
  return message;
}

function requireCertificate(file: string, pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw usageError(
      `--ca: ${file} holds a malformed certificate`,
      `Look at it: openssl x509 -text -in ${file}`,
      error,
    );
  }
}
