import type { Rng } from '../../emulator/rng/index.ts';
import { certificatePem, createServerCa, serverCertificate } from '../factory/index.ts';
import { keptServerCa, makeCloudDirectory } from '../store/index.ts';
import type { CloudOptions } from './options.ts';

export interface CloudServerOptions extends Pick<CloudOptions, 'hubs' | 'hosts' | 'stateDirectory'> {
  readonly organization: string;
  readonly now: Date;
  readonly rng: Rng;
}

/** What the servers of a cloud show to devices, and what these trust. */
export interface CloudServer {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The CA that issued the certificate; the same one as long as the state is. */
  readonly caPem: string;
}

/**
 * The certificate of a cloud's listeners, for all names that devices reach it by.
 * @throws EmuError EMU_E_CLOUD_STATE, EMU_E_FLEET_DAMAGED, EMU_E_STORE_WRITE
 */
export function cloudServer({ hubs, hosts, stateDirectory, organization, now, rng }: CloudServerOptions): CloudServer {
  const make = () => createServerCa({ rng, now, organization });
  if (stateDirectory !== undefined) makeCloudDirectory(stateDirectory);
  const ca = stateDirectory === undefined ? make() : keptServerCa(stateDirectory, now, make);
  const names = new Set(['127.0.0.1', ...hubs.map((name) => name.replace(/:\d+$/, '')), ...hosts]);
  const leaf = serverCertificate({
    ca,
    hosts: ['localhost', ...[...names].filter((name) => name !== 'localhost')],
    rng,
  });
  return { ...leaf, caPem: certificatePem(ca.root.der) };
}
