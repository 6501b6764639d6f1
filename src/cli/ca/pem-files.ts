import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { certificatesFromPem, parseCertificate } from '../../../emulator/crypto/index.ts';
import { EmuError } from '../../../emulator/errors.ts';
import type { Profile } from '../../../emulator/firmware/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { fileTrouble } from '../../base/index.ts';
import { createCa, isDamaged, loadCa } from '../../factory/index.ts';
import type { CaPem } from '../../run/index.ts';
import { usageError } from '../errors/index.ts';

/** The bundle that `--ca` or another option names, every certificate in it checked to be one. */
export function readTrust(file: string, option = '--ca', whose = "the broker's"): string[] {
  const pem = read(option, file);
  try {
    for (const der of certificatesFromPem(pem)) {
      parseCertificate(der);
      const x509 = new X509Certificate(der);
      if (isDamaged(x509)) throw new Error(`the own signature of ${x509.subject.replaceAll('\n', ', ')} is wrong`);
    }
  } catch (error) {
    throw usageError(
      `${option}: ${file} is not a file of PEM certificates: ${(error as Error).message}`,
      `Give the certificate of the CA that issued ${whose}, from -----BEGIN CERTIFICATE----- on.`,
      error,
    );
  }
  return [pem];
}

/** What `--ca-cert` and `--ca-key` name. */
interface CaFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The user's own CA, where there is one. It is loaded here for its checks alone, and a fresh one is made for the checks of
 * `years`, so that what cannot serve `profile` is refused before anything starts.
 * @throws EmuError EMU_E_USAGE unreadable, EMU_E_CA_… unfit.
 */
export function readCa(
  files: CaFiles | undefined,
  profile: Profile,
  years: { readonly years?: number },
): CaPem | undefined {
  const options = { rng: rootRng('check'), now: new Date(), names: profile.certificates, ...years };
  const ca = files && {
    certificatePem: read('--ca-cert', files.certificate),
    keyPem: read('--ca-key', files.key),
  };
  try {
    if (ca !== undefined) loadCa(ca, options);
    else if (years.years !== undefined) createCa(options);
  } catch (error) {
    throw named(error, files);
  }
  return ca;
}

/** The same error, naming the option and the file that it is about. */
function named(error: unknown, files: CaFiles | undefined): unknown {
  if (!(error instanceof EmuError) || !error.code.startsWith('EMU_E_CA_')) return error;
  const { code, message, value, hint, cause } = error;
  const details = { value, cause, ...(hint !== undefined && { hint }) };
  return new EmuError(code, `${subjectOf(code, files)}: ${message}`, details);
}

function subjectOf(code: string, files: CaFiles | undefined): string {
  if (code === 'EMU_E_CA_YEARS') return '--validity';
  const isAboutKey = code === 'EMU_E_CA_KEY' || code === 'EMU_E_CA_KEY_MISMATCH';
  return isAboutKey ? `--ca-key: ${files?.key}` : `--ca-cert: ${files?.certificate}`;
}

/** A run's own fleet under a foreign kind of root has a root of its own, which no broker could have been given. */
export function requireKnownRoot({ certificatePem }: CaPem): void {
  const [root] = certificatesFromPem(certificatePem);
  if (new X509Certificate(root).publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1') return;
  throw usageError(
    '--ca-cert: under a CA that is not on P-256 a fleet has a root of its own, which the broker cannot know yet',
    'Create a persistent fleet (emu fleet create --ca-cert … --ca-key …) and set up the broker from it (emu fleet export --for …).',
  );
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(
      `${option}: cannot read ${file}: ${fileTrouble(error)}`,
      'Check the path and who may read it.',
      error,
    );
  }
}
