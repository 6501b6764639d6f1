import { readFileSync } from 'node:fs';
import { certificatesFromPem, parseCertificate } from '../../emulator/crypto/index.ts';
import type { Profile } from '../../emulator/devices/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { loadAuthority } from '../factory/index.ts';
import type { AuthorityPem } from '../fleet/index.ts';
import { usageError } from './usage.ts';

/** The bundle that `--ca` names, every certificate in it checked to be one. */
export function readTrust(file: string): string[] {
  const pem = read('--ca', file);
  try {
    for (const der of certificatesFromPem(pem)) parseCertificate(der);
  } catch (error) {
    throw usageError(
      `--ca: ${file} is not a file of PEM certificates: ${(error as Error).message}`,
      "Give the certificate of the authority that issued the broker's, -----BEGIN CERTIFICATE----- and all.",
      error,
    );
  }
  return [pem];
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
