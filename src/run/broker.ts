import { rootCertificates } from 'node:tls';
import type { Rng } from '../../emulator/rng/index.ts';
import { type TlsPolicy, TrustStore } from '../../emulator/tls/index.ts';
import { startCloud } from '../broker/index.ts';
import { type Ca, certificatePem, createServerCa, serverCertificate } from '../factory/index.ts';
import type { BrokerAddress, RunPlan } from './plan.ts';

/** The broker of a run, and whom the devices trust to be it. */
export interface RunBroker {
  readonly address: BrokerAddress;
  readonly trust: TrustStore;
  /** The same as PEM, or Node's own list. */
  readonly authorities: readonly string[] | 'system';
  /** Rejects when an embedded broker dies on its own. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/** The broker that the plan names, or the embedded one, started under a certificate of an authority of its own. */
export async function openBroker(
  plan: Pick<RunPlan, 'broker' | 'trust'>,
  authority: Pick<Ca, 'anchors' | 'organization'>,
  policy: TlsPolicy,
  rng: Rng,
): Promise<RunBroker> {
  if (plan.broker !== 'embedded') {
    return {
      address: plan.broker,
      trust: new TrustStore(plan.trust === 'system' ? rootCertificates : plan.trust, policy.certificates),
      authorities: plan.trust,
      died: new Promise(() => {}),
      stop: () => Promise.resolve(),
    };
  }
  const servers = createServerCa({ rng, now: new Date(), organization: authority.organization });
  const server = serverCertificate({ authority: servers, hosts: ['localhost', '127.0.0.1'], rng });
  const cloud = await startCloud({
    serverCertificatePem: server.certificatePem,
    serverKeyPem: server.keyPem,
    clientCaPem: authority.anchors.map(certificatePem).join(''),
  });
  const died = cloud.died.then((error) => Promise.reject(error));
  died.catch(() => {});
  return {
    address: { host: cloud.host, port: cloud.port },
    trust: new TrustStore([servers.root.der], policy.certificates),
    authorities: [certificatePem(servers.root.der)],
    died,
    stop: () => cloud.stop(),
  };
}
