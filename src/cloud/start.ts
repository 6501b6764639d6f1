import { EmuError } from '../../emulator/errors.ts';
import { errorFrom, startChild } from '../base/index.ts';
import { LOOPBACK, type StartedMessage, type StartMessage } from './messages.ts';
import type { CloudOptions, RunningCloud } from './options.ts';

/**
 * Starts a DPS and its hubs in a child process, so that their CPU, memory and descriptors never count as the fleet's.
 * @throws EmuError EMU_E_CLOUD when it does not come up.
 */
export async function startCloud(options: CloudOptions): Promise<RunningCloud> {
  const child = startChild<StartMessage, StartedMessage>('cloud/main');
  child.send({ start: options });
  const started = await child.next();
  if (started === undefined || 'failed' in started) {
    await child.stop();
    throw notStarted(started === undefined ? new Error(await child.gone) : errorFrom(started.failed));
  }

  let asked = false;
  return {
    pid: child.pid,
    host: LOOPBACK,
    idScope: options.idScope,
    hubs: options.hubs,
    ...started,
    died: new Promise((resolve) => {
      child.gone.then((how) => {
        if (!asked) resolve(new EmuError('EMU_E_CLOUD', `the embedded cloud died: ${how}`));
      });
    }),
    stop() {
      asked = true;
      return child.stop();
    },
  };
}

function notStarted(reason: Error): EmuError {
  if (reason instanceof EmuError) return reason;
  return new EmuError('EMU_E_CLOUD', `the embedded cloud did not start: ${reason.message}`, { cause: reason });
}
