import type { X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';
import { EmuError } from '../../emulator/errors.ts';
import {
  type CertificateDefinition,
  compressSigner,
  definitionFrom,
  padPublicKey,
  rebuildSigner,
} from '../../emulator/host-library/index.ts';
import type { Ca, CaOptions, Issuer } from './ca.ts';
import { kindOfKey } from './certificate.ts';
import { certifiedKey } from './certified-key.ts';
import { issueDate, requireDeviceYears } from './dates.ts';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

/**
 * A fleet whose signer is the caller's: devices are issued under it, and its certificate, as it is, goes into their chips.
 * Of the root above it only the certificate is known. Throws EMU_E_CA_SIGNER where the chips could not give the signer's
 * certificate back byte for byte.
 */
export function caOfSigner(
  signer: Issuer,
  root: X509Certificate,
  anchors: readonly [Uint8Array, ...Uint8Array[]],
  { now, names, years }: CaOptions,
): Ca {
  requireDeviceYears(years);
  const algorithm = Certificate.fromBER(signer.der).signatureAlgorithm.algorithmId;
  if (kindOfKey(root.publicKey) !== 'prime256v1' || algorithm !== ECDSA_WITH_SHA256) {
    throw unfit('its signature is not ECDSA with SHA-256 by a root on P-256', root.subject);
  }
  const rootKey = certifiedKey(anchors[0]);
  if (!comesBack(signer.der, rootKey.publicKey)) {
    throw unfit('its authority key identifier is not SHA-1 of the key of its root', root.subject);
  }
  return {
    root: rootKey,
    signer,
    anchors,
    issuedAt: issueDate(now),
    organization: names.organization,
    ...(years !== undefined && { deviceYears: years }),
  };
}

/** Whether a chip with the root's key rebuilds the signer's certificate. */
function comesBack(der: Uint8Array, rootPublicKey: Uint8Array): boolean {
  let definition: CertificateDefinition;
  let slots: ReturnType<typeof compressSigner>;
  try {
    definition = definitionFrom(der, 'signer');
    slots = compressSigner(der);
  } catch (error) {
    if (!(error instanceof EmuError)) throw error;
    throw unfit(error.message, error.value, error);
  }
  const rebuilt = rebuildSigner({
    definition,
    compressed: slots.compressed,
    record: slots.record,
    publicKey72: slots.publicKey,
    authorityKey72: padPublicKey(rootPublicKey),
  });
  return rebuilt.status === 0 && Buffer.compare(rebuilt.der, der) === 0;
}

function unfit(why: string, value: unknown, cause?: unknown): EmuError {
  return new EmuError(
    'EMU_E_CA_SIGNER',
    `the certificate of the signer cannot be rebuilt from a chip unchanged: ${why}`,
    {
      value,
      cause,
      hint: 'Issue it under a P-256 root with ECDSA and SHA-256, a 16-byte serial number, both key identifiers by hash, a common name, to end before 2050; or use a CA without path length 0.',
    },
  );
}
