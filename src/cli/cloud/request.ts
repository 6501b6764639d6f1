import { X509Certificate } from 'node:crypto';
import { firmwareOf } from '../../../emulator/firmware/index.ts';
import { type Allocation, type CloudLimits, type EnrollmentCa, keptHubs } from '../../cloud/index.ts';
import { readFleet } from '../../store/index.ts';
import { readTrust } from '../ca/index.ts';
import { type Arguments, textOf } from '../command/index.ts';
import { usageError } from '../errors/index.ts';
import { HUB, parseDuration, parseIdScope, parsePositive } from '../options/index.ts';
import { ID_SCOPE, parseAllocation, parseCloudHubs, parseHosts, parseSeconds, portOf } from './values.ts';

/** What `emu cloud` was asked for. */
export interface CloudRequest {
  readonly idScope: string;
  readonly hubs: readonly string[];
  readonly hosts: readonly string[];
  readonly allocation: Allocation;
  readonly enrollmentCas: readonly EnrollmentCa[];
  /** The fleet whose devices may register. */
  readonly fleet: string | undefined;
  /** The file of the first CA. */
  readonly caFile: string | undefined;
  readonly state: string | undefined;
  readonly ports: { readonly dps?: number; readonly hub?: number };
  readonly apiPort: number | undefined;
  readonly limits: Partial<CloudLimits>;
}

/** @throws EmuError EMU_E_USAGE, EMU_E_FLEET_…, EMU_E_CLOUD_STATE */
export async function cloudRequest(args: Arguments): Promise<CloudRequest> {
  const text = (name: string) => textOf(args, name);
  const [fleet, state, hub, host, scope] = ['fleet', 'state', 'hub', 'host', 'id-scope'].map(text);
  const root = fleet === undefined ? undefined : rootOf(fleet);
  const caFiles = text('enroll-ca')?.split(',') ?? [];
  return {
    idScope: scope === undefined ? (root?.idScope ?? ID_SCOPE) : parseIdScope(scope),
    hubs: withKept(hub === undefined ? [] : parseCloudHubs(hub), state === undefined ? [] : await keptHubs(state)),
    hosts: host === undefined ? [] : parseHosts(host),
    allocation: parseAllocation(text('allocation') ?? 'hashed'),
    enrollmentCas: [...(root === undefined ? [] : [root.ca]), ...caFiles.map(caIn)],
    fleet,
    caFile: caFiles[0],
    state,
    ports: given({ dps: portIn(args, 'dps-port'), hub: portIn(args, 'hub-port') }),
    apiPort: portIn(args, 'api-port'),
    limits: limitsOf(text),
  };
}

/** The root of a persistent fleet, whose key is at hand: its possession needs no proof. */
function rootOf(directory: string): { readonly ca: EnrollmentCa; readonly idScope: string } {
  const { authority, profile } = readFleet(directory);
  if (firmwareOf(profile).service(profile) !== 'azure' || !('dps' in profile)) {
    throw usageError(
      `--fleet: the devices of ${directory} (${profile.name}) do not register at a DPS`,
      'Create a fleet of devices that do: emu fleet create --profile azure-dps --out DIR.',
    );
  }
  return { ca: { certificatePem: authority.anchors[0] ?? '', verified: true }, idScope: profile.dps.idScope };
}

function caIn(file: string): EnrollmentCa {
  const [pem = ''] = readTrust(file, '--enroll-ca', "the devices'");
  if (!new X509Certificate(pem).ca) {
    throw usageError(
      `--enroll-ca: ${file} is not the certificate of a CA`,
      'A single device is enrolled by the thumbprint of its certificate: docs/cloud.md.',
    );
  }
  return { certificatePem: pem, verified: true };
}

/** Devices of earlier times have their hubs in their records, and ask for no other. */
function withKept(asked: readonly string[], kept: readonly string[]): readonly string[] {
  const named = new Set(asked.map((name) => name.toLowerCase()));
  const hubs = [...asked, ...kept.filter((name) => !named.has(name))];
  return hubs.length > 0 ? hubs : [HUB];
}

function portIn(args: Arguments, name: string): number | undefined {
  const text = textOf(args, name);
  return text === undefined ? undefined : portOf(`--${name}`, text);
}

function limitsOf(text: (name: string) => string | undefined): Partial<CloudLimits> {
  const read = <T>(name: string, parse: (option: string, text: string) => T): T | undefined => {
    const value = text(name);
    return value === undefined ? undefined : parse(`--${name}`, value);
  };
  return given({
    dpsRequestsPerSecond: read('limit-requests', parsePositive),
    connectsPerSecond: read('limit-connects', parsePositive),
    sendsPerSecond: read('limit-sends', parsePositive),
    retryAfterSeconds: read('retry-after', parseSeconds),
    assignDelayMs: read('assign-delay', parseDuration),
  });
}

type Given<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The members that are there. */
function given<T extends object>(members: T): Given<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}
