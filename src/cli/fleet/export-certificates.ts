import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { rootRng } from '../../../emulator/rng/index.ts';
import { writeFiles } from '../../broker-config/index.ts';
import { certificatePem, possessionCertificate } from '../../factory/index.ts';
import { deviceCertificates, readFleet, readKeys } from '../../store/index.ts';
import { type Arguments, textOf } from '../command/index.ts';
import { EXIT, quoted, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';

/** `emu fleet export DIR --certificates`: the certificates of a fleet, a file for each device. */
export async function exportCertificates(directory: string, args: Arguments, { stdout }: Io): Promise<number> {
  const out = outOf(args, 'certificates');
  const { authority } = readFleet(directory);
  const devices = (await deviceCertificates(directory)).map(({ serialNumber, der }) => ({
    name: join('devices', `${serialNumber}.pem`),
    text: certificatePem(der),
  }));
  writeFiles(out, [
    { name: 'root.pem', text: authority.anchors[0] ?? '' },
    { name: 'clients.pem', text: authority.anchors.join('') },
    { name: 'signer.pem', text: authority.signer },
    ...devices,
  ]);
  const count = devices.length === 1 ? 'one device' : `${devices.length} devices`;
  stdout.write(
    `${out}: root.pem, clients.pem (the root and the CAs above it), signer.pem, and devices/ with the certificates of ${count}\n`,
  );
  return EXIT.ok;
}

/** The longest common name (X.520 ub-common-name). */
const LONGEST_CODE = 64;

/** `emu fleet export DIR --prove-possession CODE`: proves possession of the keys of the fleet's CAs. */
export function provePossession(directory: string, args: Arguments, { stdout }: Io): number {
  const code = textOf(args, 'prove-possession') ?? '';
  if (!/^[\x20-\x7e]+$/.test(code) || code.length > LONGEST_CODE) {
    throw usageError(
      `--prove-possession takes the code of a cloud, up to ${LONGEST_CODE} printable characters, not ${quoted(code)}`,
      'Copy what the cloud shows when you register the CA.',
    );
  }
  const out = outOf(args, 'possession');
  const { signer, root } = readKeys(directory, readFleet(directory)).ca;
  const prove = (issuer: Parameters<typeof possessionCertificate>[0]['issuer']) => {
    const rng = rootRng(Uint8Array.from(randomBytes(32)));
    return certificatePem(possessionCertificate({ issuer, code, rng, now: new Date() }));
  };
  const { privateKey } = root;
  const files = [
    { name: 'signer.pem', text: certificatePem(signer.der) },
    { name: 'signer-possession.pem', text: prove(signer) },
    ...(privateKey === undefined
      ? []
      : [
          { name: 'root.pem', text: certificatePem(root.der) },
          { name: 'root-possession.pem', text: prove({ ...root, privateKey }) },
        ]),
  ];
  writeFiles(out, files);
  const below = privateKey === undefined ? 'signer.pem (the key of the root is not here)' : 'signer.pem or root.pem';
  stdout.write(`${out}: register ${below}, with the -possession.pem beside it\n`);
  return EXIT.ok;
}

function outOf(args: Arguments, otherwise: string): string {
  return textOf(args, 'out') ?? otherwise;
}
