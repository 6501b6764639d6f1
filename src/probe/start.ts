import { EmuError } from '../../emulator/errors.ts';
import { startChild } from '../base/index.ts';
import type { FailedProbe, FromProbe, ProbeAnswer, ProbeStart, Published, ToProbe } from './messages.ts';
import type { DeliveryByKind, ProbeFindings } from './report.ts';

/** A subscriber beside the fleet. */
export interface Probe {
  /** What devices have published. */
  sent(batch: Published): void;
  /** By filter, not older than a second or so. */
  readonly deliveries: readonly DeliveryByKind[];
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
  let deliveries: readonly DeliveryByKind[] = [];
  let answered: (answer: ProbeAnswer) => void = () => {};
  child.onMessage((message) => {
    if ('deliveries' in message) deliveries = message.deliveries;
    else answered(message);
  });
  const answer = () =>
    new Promise<ProbeAnswer>((resolve, reject) => {
      answered = resolve;
      child.gone.then((end) => reject(new EmuError('EMU_E_PROBE', `the probe died: ${end}`)));
    });
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
    get deliveries() {
      return deliveries;
    },
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
