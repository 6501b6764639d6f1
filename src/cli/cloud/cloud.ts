import { randomBytes } from 'node:crypto';
import { rootRng } from '../../../emulator/rng/index.ts';
import { cloudServer, type RunningCloud, startCloud } from '../../cloud/index.ts';
import { painter } from '../../report/index.ts';
import { calledAs } from '../called-as.ts';
import { type Arguments, verbosity } from '../command/index.ts';
import { EXIT } from '../errors/index.ts';
import { type Io, onInterrupt } from '../io/index.ts';
import { type CloudFiles, writeCloudFiles } from './files.ts';
import { type CloudRequest, cloudRequest } from './request.ts';
import { machineView, personView } from './views.ts';

/** O in the certificates of the servers. */
const ORGANIZATION = 'Twinfleet';

/** `emu cloud`: serves until a signal, which is its ordinary end. Resolves to the exit code. */
export async function cloud(args: Arguments, io: Io): Promise<number> {
  const { quiet } = verbosity(args);
  const json = args.json === true;
  const interrupt = onInterrupt(io);
  try {
    const request = await cloudRequest(args);
    const { caPem, running } = await started(request);
    let files: CloudFiles | undefined;
    try {
      files = writeCloudFiles(request.state, caPem, running.api?.token ?? '');
      if (json || !quiet) show(running, files, request, json, io);
      await Promise.race([aborted(interrupt.signal), running.died.then((error) => Promise.reject(error))]);
    } finally {
      await running.stop();
      files?.remove();
    }
  } finally {
    interrupt.release();
  }
  return EXIT.ok;
}

async function started(request: CloudRequest): Promise<{ readonly caPem: string; readonly running: RunningCloud }> {
  const { idScope, hubs, hosts, allocation, enrollmentCas, state, ports, apiPort, limits } = request;
  const stateDirectory = state === undefined ? {} : { stateDirectory: state };
  const rng = rootRng(Uint8Array.from(randomBytes(32)));
  const server = cloudServer({ hubs, hosts, organization: ORGANIZATION, now: new Date(), rng, ...stateDirectory });
  const running = await startCloud({
    ...{ idScope, hubs, hosts, allocation, enrollmentCas, server, ports, limits, ...stateDirectory },
    api: apiPort === undefined ? true : { port: apiPort },
  });
  return { caPem: server.caPem, running };
}

function show(running: RunningCloud, files: CloudFiles, request: CloudRequest, json: boolean, io: Io): void {
  const text = json
    ? `${JSON.stringify(machineView(running, files, request))}\n`
    : personView(running, files, request, calledAs(io.environment), painter(io.stdout, io.environment));
  io.stdout.write(text);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
