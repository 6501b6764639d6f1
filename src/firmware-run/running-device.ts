import type { Profile } from '../../emulator/firmware/index.ts';
import type { Resolution } from '../base/index.ts';
import type { BrokerAddress } from '../run/index.ts';
import { DeviceConsole } from './device-console.ts';
import { FirmwareProcess, Lines, type ProcessEnd } from './firmware-process.ts';

/** What a device is, and where it finds things. */
export interface DeviceSettings {
  readonly program: string;
  readonly profile: Profile;
  /** The bus with its chip and its sensor, as the firmware names it. */
  readonly i2c: string;
  readonly broker: BrokerAddress;
  /** Hosts that are reached elsewhere than a resolver says. */
  readonly resolutions: readonly Resolution[];
  /** The file of the CAs that it trusts. */
  readonly trusted: string;
  readonly macTail: Uint8Array;
  readonly commonName: string;
  /** A line of its console. */
  readonly onLine: (line: string) => void;
}

/** The firmware of one device, from its power-up to its end. */
export class RunningDevice {
  readonly index: number;
  readonly console = new DeviceConsole();
  /** The last line of its standard error. */
  complaint = '';
  connectedAtEnd = false;
  diedItself = false;
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when it ended without being asked to. */
  readonly died: Promise<ProcessEnd>;
  readonly #firmware: FirmwareProcess;
  #asked = false;

  constructor(index: number, settings: DeviceSettings) {
    this.index = index;
    const lines = new Lines((line) => {
      this.console.take(line);
      settings.onLine(line);
    });
    this.#firmware = new FirmwareProcess(
      settings.program,
      parametersOf(settings),
      (text) => lines.take(text),
      (line) => {
        this.complaint = line;
        settings.onLine(line);
      },
    );
    this.ended = this.#firmware.ended;
    this.died = new Promise((resolve) => {
      this.ended.then((end) => {
        if (this.#asked) return;
        this.diedItself = true;
        this.console.connected = false;
        resolve(end);
      });
    });
  }

  /** Remembers how it fares now, at the end of the run. */
  look(): void {
    this.connectedAtEnd = this.console.connected;
  }

  stop(): Promise<ProcessEnd> {
    this.#asked = true;
    return this.#firmware.stop();
  }
}

/** The command line of the firmware (docs/firmware.md). */
export function parametersOf(settings: Omit<DeviceSettings, 'program' | 'onLine'>): string[] {
  const { profile, i2c, broker, resolutions, trusted, macTail, commonName } = settings;
  const compiledIn = profile.certificates.deviceCommonName === 'template';
  return [
    ...['--broker', authority(broker), '--ca', trusted, '--i2c', i2c],
    ...['--mac-tail', Buffer.from(macTail).toString('hex')],
    ...(compiledIn ? ['--common-name', commonName] : []),
    ...('dps' in profile ? ['--id-scope', profile.dps.idScope] : []),
    ...resolutions.flatMap(({ host, port, to }) => ['--resolve', `${authority({ host, port })}:${authority(to)}`]),
  ];
}

function authority({ host, port }: BrokerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
