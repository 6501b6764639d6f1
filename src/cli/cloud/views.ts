import { shellWord } from '../../broker-config/index.ts';
import type { RunningCloud } from '../../cloud/index.ts';
import type { Paint } from '../../report/index.ts';
import type { CloudFiles } from './files.ts';
import type { CloudRequest } from './request.ts';

/** Where devices look for a hub: what they are told is a name without a port. */
const HUB_PORT = 8883;

/** The words of `emu run` with which devices register at this cloud; where no CA is enrolled there are none. */
export function runWords(
  cloud: RunningCloud,
  files: CloudFiles,
  { fleet, caFile }: CloudRequest,
): string[] | undefined {
  const { host, dpsPort, hubPort, idScope, hubs } = cloud;
  const devices =
    fleet !== undefined
      ? ['--fleet', fleet]
      : caFile !== undefined
        ? ['--profile', 'azure-dps', '--ca-cert', caFile, '--ca-key', 'KEY']
        : undefined;
  if (devices === undefined) return undefined;
  const names = hubs.filter((name) => !name.includes(':'));
  const resolutions = names.flatMap((name) => ['--resolve', `${name}:${HUB_PORT}:${host}:${hubPort}`]);
  const way = ['--broker', `mqtts://${host}:${dpsPort}`, '--id-scope', idScope, '--ca', files.ca];
  return ['run', ...devices, ...way, ...resolutions];
}

/** `--json` */
export function machineView(cloud: RunningCloud, files: CloudFiles, request: CloudRequest): object {
  const { host, dpsPort, hubPort, idScope, hubs } = cloud;
  return {
    schema: 'emu-cloud/1',
    host,
    id_scope: idScope,
    dps_port: dpsPort,
    hub_port: hubPort,
    hubs,
    api: apiUrl(cloud),
    token_file: files.token,
    ca_file: files.ca,
    run: runWords(cloud, files, request) ?? null,
  };
}

export function personView(
  cloud: RunningCloud,
  files: CloudFiles,
  request: CloudRequest,
  name: string,
  paint: Paint,
): string {
  const { host, dpsPort, hubPort, idScope, hubs } = cloud;
  const rows = aligned([
    ['DPS', `mqtts://${host}:${dpsPort}`, `id scope ${idScope}`],
    ['hubs', `mqtts://${host}:${hubPort}`, hubs.join(', ')],
    ['API', apiUrl(cloud), `token in ${files.token}`],
    ['CA', files.ca, 'what devices trust'],
  ]);
  const words = runWords(cloud, files, request);
  const next =
    words === undefined
      ? 'No device may register yet: enroll a CA with --fleet DIR or --enroll-ca FILE, or by the API.'
      : paint('bold', `${name} ${words.map(shellWord).join(' ')}`);
  const kept = request.state === undefined ? 'nothing is stored' : `the state is stored in ${request.state}`;
  return [...rows, '', next, '', `${kept}. Ctrl-C ends.`, ''].join('\n');
}

/** Columns of text, which begin below one another. */
function aligned(rows: readonly (readonly [string, string, string])[]): string[] {
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  return rows.map(([what, where, more]) => `${what.padEnd(width(0))}  ${where.padEnd(width(1))}  ${more}`);
}

function apiUrl({ host, api }: RunningCloud): string {
  return `http://${host}:${api?.port}`;
}
