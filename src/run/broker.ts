import type { Rng } from '../../emulator/rng/index.ts';
import type { Resolution } from '../base/index.ts';
import { startBroker } from '../broker/index.ts';
import { type Ca, certificatePem, createServerCa, type LeafCertificate, serverCertificate } from '../factory/index.ts';
import { startRunCloud } from './cloud.ts';
import type { BrokerAddress, CloudPlan, RunPlan } from './plan.ts';

/** What the devices of a run talk to: a broker or, of firmwares for Azure, a DPS and its hubs. */
export interface RunBroker {
  /** Where devices turn to first. */
  readonly address: BrokerAddress;
  /** Of the embedded broker's or cloud's process. */
  readonly pid: number | undefined;
  /** Host names that are reached elsewhere than a resolver says. */
  readonly resolutions: readonly Resolution[];
  /** PEM of the CAs that the devices trust, or Node's own list. */
  readonly trusted: readonly string[] | 'system';
  /** Rejects when an embedded broker or cloud dies on its own. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/** One that the run has started itself. */
export interface EmbeddedService extends Pick<RunBroker, 'address' | 'pid' | 'resolutions' | 'stop'> {
  /** Resolves when it died on its own. */
  readonly died: Promise<Error>;
}

/** Who the devices are, for a server that checks them. */
type DeviceCa = Pick<Ca, 'anchors' | 'organization'>;

/** What the plan names, or an embedded broker or cloud, started under a certificate of a CA of its own. */
export async function openBroker(
  { broker, cloud, trust }: Pick<RunPlan, 'broker' | 'cloud' | 'trust'>,
  ca: DeviceCa,
  rng: Rng,
): Promise<RunBroker> {
  if (broker !== 'embedded') {
    const named = { address: broker, pid: undefined, resolutions: [], trusted: trust };
    return { ...named, died: new Promise(() => {}), stop: () => Promise.resolve() };
  }
  const servers = createServerCa({ rng, now: new Date(), organization: ca.organization });
  const hosts = ['localhost', '127.0.0.1', ...(cloud?.hubs ?? [])] as const;
  const service = await startService(serverCertificate({ ca: servers, hosts, rng }), ca, cloud);
  const died = service.died.then((error) => Promise.reject(error));
  died.catch(() => {});
  return { ...service, trusted: [certificatePem(servers.root.der)], died };
}

async function startService(
  server: LeafCertificate,
  { anchors }: DeviceCa,
  cloud: CloudPlan | undefined,
): Promise<EmbeddedService> {
  if (cloud !== undefined) return startRunCloud(server, anchors, cloud);
  const broker = await startBroker({
    serverCertificatePem: server.certificatePem,
    serverKeyPem: server.keyPem,
    clientCaPem: anchors.map(certificatePem).join(''),
  });
  return { ...broker, address: { host: broker.host, port: broker.port }, resolutions: [] };
}
