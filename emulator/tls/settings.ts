import { EmuError } from '../errors.ts';
import { secp256r1 } from './numbers.ts';
import { mbedtls216 } from './policies/mbedtls-2.16.ts';
import { rfc } from './policies/rfc.ts';
import type { TlsPolicy } from './policy.ts';
import { cipherSuites } from './suites.ts';

/** Every policy by its name. */
export const tlsPolicies = { [mbedtls216.name]: mbedtls216, [rfc.name]: rfc } as Readonly<Record<string, TlsPolicy>>;

/** What a device profile says about TLS: a library, and how the firmware configures it. */
export interface TlsSettings {
  /** The name of a policy. */
  readonly library: string;
  /** IANA's names, in the order offered. */
  readonly cipherSuites: readonly string[];
  readonly curves: readonly string[];
  /** The longest plaintext of a record, either way. */
  readonly maxRecordBytes: number;
  readonly serverName: boolean;
  readonly extendedMasterSecret: boolean;
  readonly renegotiationScsv: boolean;
  readonly checkDates: boolean;
}

/**
 * What a record's longest plaintext may be: ESP-IDF's Kconfig takes no less for MBEDTLS_SSL_MAX_CONTENT_LEN, which is the
 * shortest fragment that can be negotiated too (RFC 6066 4), and TLS no more (RFC 5246 6.2.1).
 */
export const smallestRecord = 512;
export const largestRecord = 16_384;

/** NamedCurve numbers (RFC 8422 5.1.1). */
const curveNumbers: ReadonlyMap<string, number> = new Map([['secp256r1', secp256r1]]);

/** The suites that settings may offer, by IANA's names. */
export const tlsCipherSuites: readonly string[] = cipherSuites.map(({ name }) => name);
/** The curves, likewise. */
export const tlsCurves: readonly string[] = [...curveNumbers.keys()];

function lookUp<T>(what: string, name: string, found: T | undefined, known: readonly string[]): T {
  if (found !== undefined) return found;
  throw new EmuError('EMU_E_TLS_UNKNOWN_SETTING', `there is no ${what} "${name}"`, {
    value: name,
    hint: `known: ${known.join(', ')}`,
  });
}

function requireUsable({ cipherSuites, curves, maxRecordBytes }: TlsSettings): void {
  const refuse = (what: string, value: unknown) => {
    throw new EmuError('EMU_E_TLS_SETTING', what, { value, hint: 'No connection could be made with it.' });
  };
  if (cipherSuites.length === 0) refuse('a client offers one cipher suite at least', cipherSuites);
  if (curves.length === 0) refuse('a client offers one curve at least', curves);
  if (Number.isInteger(maxRecordBytes) && maxRecordBytes >= smallestRecord && maxRecordBytes <= largestRecord) return;
  refuse(`a record holds from ${smallestRecord} to ${largestRecord} bytes, not ${maxRecordBytes}`, maxRecordBytes);
}

/**
 * The policy of a library in the configuration of a firmware. Create it once per fleet.
 * @throws EmuError EMU_E_TLS_UNKNOWN_SETTING, EMU_E_TLS_SETTING
 */
export function tlsPolicy(settings: TlsSettings): TlsPolicy {
  const library = lookUp('TLS library', settings.library, tlsPolicies[settings.library], Object.keys(tlsPolicies));
  const suites = settings.cipherSuites.map((name) => {
    const suite = cipherSuites.find((known) => known.name === name);
    return lookUp('cipher suite', name, suite, tlsCipherSuites).id;
  });
  const groups = settings.curves.map((name) => lookUp('curve', name, curveNumbers.get(name), tlsCurves));
  requireUsable(settings);
  const withheld = new Set([
    ...(settings.serverName ? [] : ['server_name']),
    ...(settings.extendedMasterSecret ? [] : ['extended_master_secret']),
  ]);
  return {
    ...library,
    suites,
    groups,
    extensions: library.extensions.filter((extension) => !withheld.has(extension)),
    maxPlaintext: settings.maxRecordBytes,
    renegotiationScsv: settings.renegotiationScsv,
    certificates: { ...library.certificates, checkDates: settings.checkDates },
  };
}
