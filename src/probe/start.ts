import { EmuError } from '../../emulator/errors.ts';
import { startChild } from '../base/index.ts';
import type { FailedProbe, FromProbe, ProbeStart, Published, ToProbe } from './messages.ts';
import type { ProbeFindings } from './report.ts';

/** A subscriber beside the fleet. */
export interface Probe {
  /** What devices have published. */
  sent(batch: Published): void;
  /** The fleet is closed: waits a little for what is still out, and ends the probe. @throws EmuError EMU_E_PROBE */
  finish(): Promise<ProbeFindings>;
  /** Ends the probe, whatever it does. */
  stop(): Promise<void>;
}

/** After the end of the run, what takes longer is lost. */
const PATIENCE_MS = 3000;

const UNREACHABLE = 'Check the host and port in --broker, and that the broker is running.';
const LIKE_A_DEVICE =
  "It connects like a device, as emu-probe under the fleet's signer, but checks the broker's certificate in full.";

/**
 * Starts an ordinary MQTT subscriber in a child process, so that its CPU and memory never count as the fleet's. Resolves
 * when the broker has granted every subscription.
 * @param signal ends the wait for that
 * @throws EmuError EMU_E_PROBE_UNREACHABLE without a TCP connection, EMU_E_PROBE
 */
export async function startProbe(start: ProbeStart, signal?: AbortSignal): Promise<Probe> {
  const child = startChild<ToProbe, FromProbe>('probe/main');
  const answer = async () => {
    const said = await child.next();
    if (said === undefined) throw new EmuError('EMU_E_PROBE', `the probe died: ${await child.gone}`);
    return said;
  };
  child.send({ start });
  const end = () => void child.stop();
  signal?.addEventListener('abort', end);
  const started = await answer();
  signal?.removeEventListener('abort', end);
  if ('failed' in started) {
    await child.stop();
    throw cannotSubscribe(start, started);
  }
  return {
    sent: (batch) => child.send(batch),
    async finish() {
      child.send({ finish: PATIENCE_MS });
      const finished = await answer();
      await child.stop();
      if ('findings' in finished) return finished.findings;
      throw new EmuError('EMU_E_PROBE', 'the probe has no report');
    },
    stop: () => child.stop(),
  };
}

function cannotSubscribe({ host, port }: ProbeStart, { failed, unreachable }: FailedProbe): EmuError {
  const message = `the probe cannot subscribe at ${host}:${port}: ${failed.words}`;
  return unreachable
    ? new EmuError('EMU_E_PROBE_UNREACHABLE', message, { hint: failed.advice ?? UNREACHABLE })
    : new EmuError('EMU_E_PROBE', message, { hint: failed.advice ?? LIKE_A_DEVICE });
}
