import { EmuError } from '../../emulator/errors.ts';
import { startChild } from '../base/index.ts';
import { type BrokerCredentials, LOOPBACK, type StartedMessage, type StartMessage } from './messages.ts';

/** The broker of a run that names none, in a process of its own. */
export interface EmbeddedBroker {
  readonly pid: number | undefined;
  readonly host: string;
  readonly port: number;
  /** Resolves when the broker's process ended without being asked to. */
  readonly died: Promise<EmuError>;
  /** Ends the broker's process; resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded broker in a child process, so that its CPU, memory and descriptors never count as the fleet's.
 * @throws EmuError EMU_E_CLOUD when it does not come up.
 */
export async function startBroker(credentials: BrokerCredentials): Promise<EmbeddedBroker> {
  const child = startChild<StartMessage, StartedMessage>('broker/main');
  child.send({ start: credentials });
  const started = await child.next();
  if (started === undefined || 'failed' in started) {
    await child.stop();
    throw new EmuError('EMU_E_CLOUD', `the embedded broker did not start: ${started?.failed ?? (await child.gone)}`, {
      hint: 'Name a broker of your own with --broker mqtts://HOST.',
    });
  }

  let asked = false;
  return {
    pid: child.pid,
    host: LOOPBACK,
    port: started.port,
    died: new Promise((resolve) => {
      child.gone.then((how) => {
        if (!asked) resolve(new EmuError('EMU_E_CLOUD', `the embedded broker died: ${how}`));
      });
    }),
    stop() {
      asked = true;
      return child.stop();
    },
  };
}
