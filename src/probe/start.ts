import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { EmuError } from '../../emulator/errors.ts';
import { type FromProbe, type ProbeStart, sharedNow, type ToProbe } from './messages.ts';
import { isPublish } from './publish-packets.ts';
import type { ProbeReport } from './report.ts';

/** A subscriber beside the fleet. */
export interface Probe {
  /** A packet that a device sends now; only a PUBLISH is of interest. */
  sent(packet: Uint8Array): void;
  /** The fleet is closed: waits a little for what is still out, and ends the probe. @throws EmuError EMU_E_PROBE */
  finish(): Promise<ProbeReport>;
  /** Ends the probe, whatever it does. */
  stop(): Promise<void>;
}

/** Node 20 cannot run TypeScript, so that a program run from the sources starts the built child. */
const CHILD = new URL(import.meta.url.endsWith('.ts') ? '../../dist/src/probe/main.js' : './main.js', import.meta.url);
const BATCH_MS = 100;
const BATCH_BYTES = 1 << 20;
/** After the end of the run, what takes longer is lost. */
const PATIENCE_MS = 3000;
const STDERR_KEPT = 2000;

/**
 * Starts an ordinary MQTT subscriber in a child process, so that its CPU and memory never count as the fleet's. Resolves
 * when the broker has granted every subscription.
 * @throws EmuError EMU_E_PROBE_UNREACHABLE without a TCP connection, EMU_E_PROBE
 */
export async function startProbe(start: ProbeStart): Promise<Probe> {
  const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], serialization: 'advanced' });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-STDERR_KEPT);
  });
  const gone = new Promise<FromProbe>((resolve) => {
    child.once('error', ({ message }) => resolve({ failed: message }));
    child.once('close', (code, signal) => resolve({ failed: complaints.trim() || `it ended with ${signal ?? code}` }));
  });
  const tell = (message: ToProbe) => {
    if (child.connected) child.send(message, () => {});
  };
  const answer = (): Promise<FromProbe> =>
    Promise.race([once(child, 'message').then(([message]) => message as FromProbe), gone]);

  tell({ start });
  const started = await answer();
  if (!('ready' in started)) {
    await end(child);
    const why = 'failed' in started ? started.failed : 'no answer';
    const message = `the probe cannot subscribe at ${start.host}:${start.port}: ${why}`;
    throw 'failed' in started && started.unreachable ? unreachable(message) : probeError(message);
  }

  const batch = new Batch(tell);
  return {
    sent(packet) {
      if (isPublish(packet)) batch.add(packet);
    },
    async finish() {
      batch.close();
      tell({ finish: PATIENCE_MS });
      const finished = await answer();
      await end(child);
      if ('report' in finished) return finished.report;
      throw probeError(`the probe died: ${'failed' in finished ? finished.failed : 'no report'}`);
    },
    stop() {
      batch.close();
      return end(child);
    },
  };
}

/** Packets on their way to the child, a message for many. */
class Batch {
  readonly #tell: (message: ToProbe) => void;
  readonly #timer: NodeJS.Timeout;
  #packets: Uint8Array[] = [];
  #times: number[] = [];
  #bytes = 0;

  constructor(tell: (message: ToProbe) => void) {
    this.#tell = tell;
    this.#timer = setInterval(() => this.#flush(), BATCH_MS).unref();
  }

  add(packet: Uint8Array): void {
    this.#packets.push(packet);
    this.#times.push(sharedNow());
    this.#bytes += packet.length;
    if (this.#bytes >= BATCH_BYTES) this.#flush();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
  }

  #flush(): void {
    if (this.#times.length === 0) return;
    this.#tell({ packets: Buffer.concat(this.#packets), times: Float64Array.from(this.#times) });
    this.#packets = [];
    this.#times = [];
    this.#bytes = 0;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill('SIGKILL');
  await exited;
}

function unreachable(message: string): EmuError {
  return new EmuError('EMU_E_PROBE_UNREACHABLE', message, {
    hint: 'Check the host and port in --broker, and that the broker is running.',
  });
}

function probeError(message: string): EmuError {
  return new EmuError('EMU_E_PROBE', message, {
    hint: "It connects like a device, as emu-probe under the fleet's signer, but checks the broker's certificate in full.",
  });
}
