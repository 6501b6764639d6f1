import { parseDevice } from './numbers.ts';
import { usageError } from './usage.ts';

/** What is looked at while a run goes on, and not needed for it. */
export interface WatchRequest {
  /** The device whose serial console is shown. */
  readonly console: number | undefined;
  /** The device whose buses and packets are written down. */
  readonly trace: number | undefined;
  /** The file that the wire is captured into. */
  readonly pcap: string | undefined;
}

/** @throws EmuError EMU_E_USAGE */
export function watchRequest(
  texts: Readonly<Record<'console' | 'trace' | 'pcap' | 'out', string | undefined>>,
  count: number,
): WatchRequest {
  const device = (name: 'console' | 'trace') => {
    const text = texts[name];
    return text === undefined ? undefined : parseDevice(`--${name}`, text, count);
  };
  const request = { console: device('console'), trace: device('trace'), pcap: texts.pcap };
  if (request.trace !== undefined && texts.out === undefined) {
    throw usageError('--trace needs --out', 'Name a directory to write the transcripts into: --out traces.');
  }
  return request;
}
