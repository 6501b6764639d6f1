import type { CloudLimits } from './options.ts';

/** What Azure's DPS tells a device to wait. */
const RETRY_AFTER_SECONDS = 3;

/** A cloud that says nothing else has no limits, and is as quick as it can. */
export const NO_LIMITS: CloudLimits = {
  dpsRequestsPerSecond: Number.POSITIVE_INFINITY,
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  assignDelayMs: 0,
  connectsPerSecond: Number.POSITIVE_INFINITY,
  sendsPerSecond: Number.POSITIVE_INFINITY,
};
