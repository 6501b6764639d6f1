import { randomBytes, X509Certificate } from 'node:crypto';
import { rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../base/index.ts';
import { PacketRecords } from '../broker/index.ts';
import { authorityOf, certificatesOf } from './certificates/index.ts';
import { DpsService, Registrar } from './dps/index.ts';
import { HubRegistry, HubService } from './hub/index.ts';
import { listen } from './listener.ts';
import type { CloudPorts } from './messages.ts';
import { serveMqtt } from './mqtt/index.ts';
import type { CloudOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';

/** Opens a DPS and its hubs in this process. */
export async function openCloud(options: CloudOptions): Promise<CloudPorts> {
  const surroundings: Surroundings = { clock: realClock, date: () => new Date(), rng: rootRng(randomBytes(32)) };
  const hubs = options.hubs.map((name) => new HubRegistry(name));
  const registrar = new Registrar(options.enrollmentCas, hubs, surroundings);
  const authorities = options.enrollmentCas.map(({ certificatePem }) => ({
    certificate: new X509Certificate(certificatePem),
  }));
  const dps = new DpsService(options.idScope, registrar);
  const hub = new HubService(hubs);
  const dpsPort = await listen(options.server, options.ports?.dps ?? 0, (socket) => {
    serveMqtt(new PacketRecords(socket), dps, certificatesOf(socket), realClock);
  });
  const hubPort = await listen(options.server, options.ports?.hub ?? 0, (socket) => {
    const chain = certificatesOf(socket);
    if (authorityOf(chain, authorities, new Date()) === undefined) socket.destroy();
    else serveMqtt(new PacketRecords(socket), hub, chain, realClock);
  });
  return { dpsPort, hubPort };
}
