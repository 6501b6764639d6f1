import { startCloud } from '../cloud/index.ts';
import { certificatePem, type LeafCertificate } from '../factory/index.ts';
import type { EmbeddedService } from './broker.ts';
import type { CloudPlan } from './plan.ts';

/** Where devices reach a hub: what they keep of it is a host name alone. */
const HUB_PORT = 8883;

/**
 * Starts the embedded cloud of a run. The fleet's root is enrolled as the CA of a group, proved already: the run has its key.
 * @param anchors DER of the fleet's root, then of what stands above it
 * @throws EmuError EMU_E_CLOUD…
 */
export async function startRunCloud(
  server: LeafCertificate,
  [root]: readonly Uint8Array[],
  { idScope, hubs, directory }: CloudPlan,
): Promise<EmbeddedService> {
  const cloud = await startCloud({
    ...{ idScope, hubs, allocation: 'hashed', hosts: [], server },
    enrollmentCas: root === undefined ? [] : [{ certificatePem: certificatePem(root), verified: true }],
    ...(directory !== undefined && { stateDirectory: directory }),
  });
  const { host, dpsPort, hubPort, pid, died } = cloud;
  return {
    address: { host, port: dpsPort },
    resolutions: hubs.map((hub) => ({ host: hub, port: HUB_PORT, to: { host, port: hubPort } })),
    pid,
    died,
    stop: () => cloud.stop(),
  };
}
