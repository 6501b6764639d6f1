import { counted, formatCount } from './format.ts';
import type { RunReport } from './run-report.ts';

/** The last line: in words, what was lost. Only a probe knows that what was sent has arrived. */
export function closingLine({ messages, outages, devices, probe, provisioning }: RunReport): string {
  const { total, before_first_connack, run_ended } = messages.not_sent;
  const notSent = total - before_first_connack - run_ended;
  const exceptions = [
    ...(before_first_connack > 0 ? [`${formatCount(before_first_connack)} before the first CONNACK`] : []),
    ...(run_ended > 0 ? [`${formatCount(run_ended)} on their way at the end`] : []),
  ].join(' and ');
  const undelivered = Math.max(0, ...(probe?.filters ?? []).map(({ lost }) => lost));
  const losses = [
    ...(notSent > 0 ? [`${counted(notSent, 'message')} not sent`] : []),
    ...(undelivered > 0 ? [`${formatCount(undelivered)} not delivered`] : []),
    ...(devices.failed > 0 ? [`${counted(devices.failed, 'device')} never connected`] : []),
    ...(outages.still_away > 0 ? [`${formatCount(outages.still_away)} not connected at the end`] : []),
  ];
  if (losses.length > 0) return `Lost: ${losses.join(', ')}.`;
  if (probe !== undefined) return exceptions === '' ? 'Nothing lost.' : `Nothing lost; not sent: ${exceptions}.`;
  const sent = `Every message that was due was sent${exceptions === '' ? '' : `, but for ${exceptions}`}`;
  // An IoT Hub has no subscribers.
  return provisioning === undefined ? `${sent}; --probe says whether it arrived.` : `${sent}.`;
}
