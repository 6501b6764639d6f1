import type { DeviceFailure } from '../../emulator/device/index.ts';

/** `STEP.CODE`: a kind of failure, stable, the same for every device that failed in the same way. */
export type CauseCode = `${DeviceFailure['step'] | 'generator'}.${string}`;

export function codeOf({ step, code }: Pick<DeviceFailure, 'step' | 'code'>): CauseCode {
  return `${step}.${code}`;
}

/** Of an attempt that got no CONNACK 0: a TLS connection that was there and ended carried a CONNECT. */
export function codeOfAttempt(failure: Pick<DeviceFailure, 'step' | 'code'>): CauseCode {
  const { code } = failure;
  return code === 'CLOSE_NOTIFY' || code === 'EMU_E_TLS_TRUNCATED' ? `mqtt.${code}` : codeOf(failure);
}

/**
 * Why a device whose first attempt never ended has not connected, by the step that it had come to. A registration may go on for
 * ever: it was not answered, or the last answer was that it goes on (202) or has to wait (429 and above).
 */
export const UNFINISHED = {
  tcp: 'tcp.UNFINISHED',
  tls: 'tls.UNFINISHED',
  mqtt: 'mqtt.UNFINISHED',
  dps: 'dps.UNFINISHED',
  assigning: 'dps.UNFINISHED_ASSIGNING',
  putOff: 'dps.UNFINISHED_PUT_OFF',
} as const satisfies Record<string, CauseCode>;

/** The process that ran a device ended before the run did. */
export const WORKER_ENDED = 'generator.WORKER_ENDED' satisfies CauseCode;
