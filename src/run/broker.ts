import type { Rng } from '../../emulator/rng/index.ts';
import { startBroker } from '../broker/index.ts';
import { type Ca, certificatePem, createServerCa, serverCertificate } from '../factory/index.ts';
import type { BrokerAddress, RunPlan } from './plan.ts';

/** The broker of a run, and the CAs that the devices trust for it. */
export interface RunBroker {
  readonly address: BrokerAddress;
  /** Of the embedded broker's process. */
  readonly pid: number | undefined;
  /** PEM of the CAs that the devices trust, or Node's own list. */
  readonly trusted: readonly string[] | 'system';
  /** Rejects when an embedded broker dies on its own. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

/** The broker that the plan names, or the embedded one, started under a certificate of a CA of its own. */
export async function openBroker(
  plan: Pick<RunPlan, 'broker' | 'trust'>,
  ca: Pick<Ca, 'anchors' | 'organization'>,
  rng: Rng,
): Promise<RunBroker> {
  if (plan.broker !== 'embedded') {
    return {
      address: plan.broker,
      pid: undefined,
      trusted: plan.trust,
      died: new Promise(() => {}),
      stop: () => Promise.resolve(),
    };
  }
  const servers = createServerCa({ rng, now: new Date(), organization: ca.organization });
  const server = serverCertificate({ ca: servers, hosts: ['localhost', '127.0.0.1'], rng });
  const embedded = await startBroker({
    serverCertificatePem: server.certificatePem,
    serverKeyPem: server.keyPem,
    clientCaPem: ca.anchors.map(certificatePem).join(''),
  });
  const died = embedded.died.then((error) => Promise.reject(error));
  died.catch(() => {});
  return {
    address: { host: embedded.host, port: embedded.port },
    pid: embedded.pid,
    trusted: [certificatePem(servers.root.der)],
    died,
    stop: () => embedded.stop(),
  };
}
