import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootRng } from '../../emulator/rng/index.ts';
import { certificatePem, createAuthority } from '../../src/factory/index.ts';

export type RootName = 'own' | 'brought';

/** Two fleets' authorities: one made by the factory, and one made by OpenSSL, a root with the signer of the devices. */
export interface FleetsOfTwoRoots {
  /** PEM: what a broker trusts to take the devices of both. */
  readonly authorities: string;
  /** Options of `emu run` for the fleet of each. */
  readonly run: Readonly<Record<RootName, readonly string[]>>;
  remove(): void;
}

const NAMES = { organization: 'emu', rootCommonName: 'own root', signerCommonName: 'own signer' };
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const SIGNER_EXTENSIONS = `basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
`;

export function fleetsOfTwoRoots(): FleetsOfTwoRoots {
  const directory = mkdtempSync(join(tmpdir(), 'two-roots-'));
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });

  const { root } = createAuthority({ rng: rootRng(randomBytes(32)), now: new Date(), names: NAMES });
  writeFileSync(file('own.pem'), certificatePem(root.der));
  const key = root.privateKey?.export({ type: 'pkcs8', format: 'pem' }) ?? '';
  writeFileSync(file('own.key'), key, { mode: 0o600 });

  openssl(
    'req',
    '-x509',
    ...EC,
    '-days',
    '30',
    '-subj',
    '/O=Acme/CN=Acme root',
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
  );
  openssl('req', ...EC, '-subj', '/O=Acme/CN=Acme devices', '-keyout', 'brought.key', '-out', 'signer.csr');
  writeFileSync(file('signer.ext'), SIGNER_EXTENSIONS);
  const serial = `0x4${randomBytes(16).toString('hex').slice(1)}`;
  const issue = [
    'x509',
    '-req',
    '-in',
    'signer.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-extfile',
    'signer.ext',
  ];
  openssl(...issue, '-set_serial', serial, '-days', '30', '-out', 'signer.pem');
  const broughtRoot = readFileSync(file('root.pem'), 'utf8');
  writeFileSync(file('brought.pem'), `${readFileSync(file('signer.pem'), 'utf8')}${broughtRoot}`);

  const options = (name: RootName) => ['--ca-cert', file(`${name}.pem`), '--ca-key', file(`${name}.key`)];
  return {
    authorities: `${readFileSync(file('own.pem'), 'utf8')}${broughtRoot}`,
    run: { own: options('own'), brought: options('brought') },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
