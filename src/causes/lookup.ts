import type { DeviceFailure } from '../../emulator/device/index.ts';
import type { AlertName } from '../../emulator/tls/index.ts';
import { ALERT_ADVICE } from './alerts.ts';
import type { Cause, Side } from './cause.ts';
import type { CauseCode } from './code.ts';
import { numberedCause } from './dps.ts';
import { CAUSES } from './table.ts';

type Step = DeviceFailure['step'] | 'generator';

const STEPS: Readonly<Record<Step, { readonly name: string; readonly side: Side }>> = {
  chip: { name: 'secure element', side: 'device' },
  tcp: { name: 'TCP', side: 'network' },
  tls: { name: 'TLS', side: 'broker' },
  mqtt: { name: 'MQTT', side: 'broker' },
  dps: { name: 'provisioning', side: 'broker' },
  generator: { name: 'load generator', side: 'generator' },
};

const ALERT = 'ALERT_';

/** What a code means. A code that the table does not have is its own words. */
export function causeOf(code: CauseCode): Cause {
  const dot = code.indexOf('.');
  const step = code.slice(0, dot) as Step;
  const { name, side } = STEPS[step];
  const kind = code.slice(dot + 1);
  const cause = CAUSES[code] ?? familyOf(step, kind) ?? { words: kind, side };
  return { ...cause, words: `${name}: ${cause.words}` };
}

/** Whether it says no more of the broker than that it took long. */
export function meansSlow(code: CauseCode): boolean {
  return causeOf(code).time === 'slow';
}

/** Whether a load generator that is late can have made it: a refusal, say, it cannot. */
export function mayComeOfLateness(code: CauseCode): boolean {
  return causeOf(code).time !== undefined;
}

/** Codes that are not in the table one by one. */
function familyOf(step: Step, kind: string): Cause | undefined {
  if (step === 'dps') return numberedCause(kind);
  return kind.startsWith(ALERT) ? alertCause(kind.slice(ALERT.length)) : undefined;
}

function alertCause(alert: string): Cause {
  const advice = ALERT_ADVICE[alert as AlertName];
  return { words: `the broker sent the fatal alert ${alert}`, side: 'broker', ...(advice !== undefined && { advice }) };
}
