import { isFilter } from '../../base/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { parseDevice } from '../options/index.ts';

/** What is looked at while a run goes on, and not needed for it. */
export interface WatchRequest {
  /** The device whose serial console is shown. */
  readonly console: number | undefined;
  /** The device whose buses and packets are written down. */
  readonly trace: number | undefined;
  /** The file that the wire is captured into. */
  readonly pcap: string | undefined;
  /** What the probe subscribes to. */
  readonly probe: readonly string[] | 'telemetry' | undefined;
}

/** @throws EmuError EMU_E_USAGE */
export function watchRequest(
  texts: Readonly<Record<'console' | 'trace' | 'pcap' | 'probe' | 'out', string | undefined>>,
  count: number,
): WatchRequest {
  const device = (name: 'console' | 'trace') => {
    const text = texts[name];
    return text === undefined ? undefined : parseDevice(`--${name}`, text, count);
  };
  const request = { console: device('console'), trace: device('trace'), pcap: texts.pcap, probe: filters(texts.probe) };
  if (request.trace !== undefined && texts.out === undefined) {
    throw usageError('--trace needs --out', 'Name a directory to write the transcripts into: --out traces.');
  }
  return request;
}

/** `true` is what stands for an option without a value. */
function filters(text: string | undefined): WatchRequest['probe'] {
  if (text === undefined) return undefined;
  if (text === 'true') return 'telemetry';
  const given = text.split(',');
  const wrong = given.find((filter) => !isFilter(filter));
  if (wrong === undefined) return given;
  throw usageError(
    `--probe: ${quoted(wrong)} is not an MQTT topic filter`,
    "+ stands for one level, # for the rest: --probe '/topic/+/state,/alarms/#'.",
  );
}
