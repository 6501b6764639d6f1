import { PROVISIONING_STEPS, type ProvisioningStep } from '../../emulator/device/index.ts';
import type { ProvisioningCounts, ProvisioningSummary } from '../metrics/index.ts';
import { counted, formatCount, formatMs } from './format.ts';
import { table } from './table.ts';
import type { Paint } from './terminal.ts';

const STEP_WORDS: Readonly<Record<ProvisioningStep, string>> = {
  connect: 'connected to the DPS',
  register: 'first answer',
  assign: 'hub assigned',
  hub: 'hub tried, two messages',
  record: 'record in the chip',
};
/** A summary has a line for a person: of many hubs, this many are told. */
const HUBS_TOLD = 4;

/** How devices came to their hubs, and how long each step took; nothing of firmwares that do not register. */
export function provisioningText(provisioning: ProvisioningSummary | undefined, paint: Paint): string[][] {
  if (provisioning === undefined) return [];
  const { began, registered, skipped, step_ms } = provisioning;
  if (began + skipped === 0) return [];
  const done = `  ${formatCount(registered)} of ${counted(began, 'registration')} ended with the hub in the chip`;
  const lines = [
    ...(began > 0 ? [registered < began ? paint('yellow', done) : done] : []),
    ...(skipped > 0 ? [`  ${counted(skipped, 'device')} had the hub in the chip already: no registration`] : []),
    ...told('assigned', hubs(provisioning.assigned)),
    ...told('answers', statuses(provisioning.answers)),
    ...told('asked again after', statuses(provisioning.retries)),
  ];
  const [titles = '', ...rows] = table([
    ['Provisioning, ms', 'count', 'p50', 'p95', 'p99', 'max'],
    ...PROVISIONING_STEPS.map((step) => {
      const { count, p50, p95, p99, max } = step_ms[step];
      return [`  ${STEP_WORDS[step]}`, formatCount(count), ...[p50, p95, p99, max].map(formatMs)];
    }),
  ]);
  return began === 0 ? [[paint('bold', 'Provisioning'), ...lines]] : [[paint('bold', titles), ...rows, ...lines]];
}

/** The same while devices register; nothing when all have. */
export function registeringText(provisioning: ProvisioningCounts | undefined): string[] {
  if (provisioning === undefined || provisioning.registered >= provisioning.began) return [];
  const { began, registered, skipped } = provisioning;
  const had = skipped > 0 ? `, ${formatCount(skipped)} had their hub` : '';
  return [`registered ${formatCount(registered)} of ${formatCount(began)}${had}`];
}

function told(what: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`  ${what}: ${parts.join(', ')}`];
}

function hubs(assigned: ProvisioningSummary['assigned']): string[] {
  const all = Object.entries(assigned);
  const rest = all.slice(HUBS_TOLD).reduce((sum, [, count]) => sum + count, 0);
  return [
    ...all.slice(0, HUBS_TOLD).map(([hub, count]) => `${formatCount(count)} to ${hub}`),
    ...(rest > 0 ? [`${formatCount(rest)} to ${counted(all.length - HUBS_TOLD, 'other hub')}`] : []),
  ];
}

function statuses(counts: ProvisioningSummary['answers']): string[] {
  return Object.entries(counts).map(([status, count]) => `${formatCount(count)} × ${status}`);
}
