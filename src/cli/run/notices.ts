import { availableParallelism } from 'node:os';
import { firmwareOf, type Service } from '../../../emulator/firmware/index.ts';
import { formatDevices, formatDuration, type Resolution } from '../../base/index.ts';
import { formatBroker } from '../../report/index.ts';
import type { RunPlan } from '../../run/index.ts';
import { PROCESS_BYTES } from '../limits/index.ts';

/** Beyond these a core has nothing to gain from another process. */
const WORKERS_PER_CORE = 4;

/** The lines before a run: what it does, and what may surprise. */
export function notices(plan: RunPlan, cores: number = availableParallelism()): string[] {
  const firmware = firmwareOf(plan.profile);
  const service = firmware.service(plan.profile);
  const broker = plan.broker === 'embedded' ? EMBEDDED[service] : formatBroker(plan.broker);
  const workers = plan.workers === 1 ? '' : `, on ${plan.workers} workers`;
  return [
    `${formatDevices(plan.count)} of ${plan.profileName} against ${broker}: ${plan.rate}/s, for ${formatDuration(plan.durationMs)}${workers}`,
    ...(plan.workers <= WORKERS_PER_CORE * cores ? [] : [manyWorkers(plan.workers, cores)]),
    ...(plan.seed === undefined
      ? []
      : ['note: the keys come from --seed and anyone can generate them again: for tests only']),
    ...(firmware.traffic(plan.profile).fansOut ? [fanOut(plan.count)] : []),
    ...(service === 'broker' ? strayResolutions(plan) : []),
    ...(plan.broker !== 'embedded' && plan.ca === undefined && plan.persistent === undefined
      ? FRESH_ROOT[service]
      : []),
  ];
}

const EMBEDDED: Readonly<Record<Service, string>> = {
  broker: 'an embedded broker (no --broker given)',
  azure: 'an embedded cloud (no --broker given)',
};

const FRESH_ROOT: Readonly<Record<Service, readonly string[]>> = {
  broker: [
    "note: without --ca-cert this fleet's root exists for this run only, and a broker that checks its clients refuses them.",
    '      Create a root once, configure root.pem as client CA of the broker, and add --ca-cert root.pem --ca-key root.key:',
    '      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=fleet root" -keyout root.key -out root.pem',
  ],
  azure: [
    "note: this fleet's root exists for this run only, so that no DPS has an enrollment for it, and refuses the devices.",
    '      Create a fleet once, upload its root to the DPS, prove that it is yours, and run it with --fleet: docs/azure.md',
  ],
};

/** Resolutions of hosts that the devices never ask for. */
function strayResolutions({ broker, resolutions = [] }: RunPlan): string[] {
  const isBroker = ({ host, port }: Resolution) =>
    broker !== 'embedded' && host.toLowerCase() === broker.host.toLowerCase() && port === broker.port;
  const strays = resolutions.filter((resolution) => !isBroker(resolution));
  return strays.map(
    ({ host, port }) => `note: --resolve ${host}:${port} has no effect: nothing in this run asks for it`,
  );
}

function manyWorkers(workers: number, cores: number): string {
  const megabytes = PROCESS_BYTES / 1e6;
  return `note: ${workers} workers share ${cores === 1 ? 'one core' : `${cores} cores`}, and each costs some ${megabytes} MB: --workers auto takes as many as help`;
}

function fanOut(count: number): string {
  return `note: all devices publish and subscribe to one topic: each round of telemetry is ${count} messages in and ${count * count} deliveries`;
}
