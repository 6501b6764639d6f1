import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFleet } from '../../src/store/index.ts';
import { emu } from './emu-in-process.ts';

/** Fleets of 100 devices: under a root of `emu`'s own, and under an RSA root and a signer that OpenSSL made. */
export const PERSISTENT_FLEETS = ['own root', 'RSA root', 'brought signer'] as const;

export interface PersistentFleets {
  /** PEM: what a broker trusts to take the devices of all of them. */
  readonly anchors: string;
  directoryOf(fleet: (typeof PERSISTENT_FLEETS)[number]): string;
  remove(): void;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const SIGNER_EXTENSIONS = `basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
`;

export async function makePersistentFleets(): Promise<PersistentFleets> {
  const directory = mkdtempSync(join(tmpdir(), 'kept-fleets-'));
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const read = (name: string) => readFileSync(file(name), 'utf8');

  const selfSigned = ['req', '-x509', '-days', '30'];
  openssl(...selfSigned, '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Big', '-keyout', 'rsa.key', '-out', 'rsa.pem');
  openssl(...selfSigned, ...EC, '-subj', '/O=Acme/CN=Acme root', '-keyout', 'root.key', '-out', 'root.pem');
  openssl('req', ...EC, '-subj', '/O=Acme/CN=Acme devices', '-keyout', 'signer.key', '-out', 'signer.csr');
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
  openssl(...issue, '-set_serial', serial, '-days', '30', '-out', 'signer.crt');
  writeFileSync(file('signer.pem'), `${read('signer.crt')}${read('root.pem')}`);

  const under = (name: string) => ['--ca-cert', file(`${name}.pem`), '--ca-key', file(`${name}.key`)];
  const create = async (fleet: (typeof PERSISTENT_FLEETS)[number], authority: readonly string[]) => {
    const { code, stderr } = await emu('fleet', 'create', '--count', '100', '--out', file(fleet), ...authority);
    if (code !== 0) throw new Error(`the fleet under our ${fleet} was not made\n${stderr}`);
  };
  await Promise.all([
    create('own root', []),
    create('RSA root', under('rsa')),
    create('brought signer', under('signer')),
  ]);
  return {
    anchors: PERSISTENT_FLEETS.flatMap((fleet) => readFleet(file(fleet)).authority.anchors).join(''),
    directoryOf: file,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
