import type { RunSummary } from '../metrics/index.ts';
import { counted, formatMs } from './format.ts';
import { periodsText } from './periods.ts';
import type { Paint } from './terminal.ts';

/** When connections were lost, how long devices were away, and what kept them; nothing when none was lost. */
export function outageText({ outages }: Pick<RunSummary, 'outages'>, paint: Paint): string[][] {
  const { connections_lost, devices, still_away, periods, away_ms, failed_reconnects } = outages;
  if (connections_lost === 0) return [];
  const when = periodsText(periods);
  const back = away_ms.count === 0 ? [] : [`away until they came back: ${awayTimes(away_ms)}`];
  const failed = failed_reconnects.map(
    ({ count, cause }) => `${counted(count, 'attempt')} to come back failed: ${cause}`,
  );
  const away = still_away === 0 ? [] : [paint('red', `${counted(still_away, 'device')} not connected at the end`)];
  const lost = `${counted(devices, 'device')} lost ${counted(connections_lost, 'connection')}`;
  const lines = [when === '' ? lost : `${lost}, at ${when}`, ...back, ...failed, ...away];
  return [[paint('bold', 'Outages'), ...lines.map((line) => `  ${line}`)]];
}

function awayTimes({ p50, p95, max }: RunSummary['outages']['away_ms']): string {
  return [`p50 ${formatMs(p50)} ms`, `p95 ${formatMs(p95)} ms`, `max ${formatMs(max)} ms`].join(', ');
}
