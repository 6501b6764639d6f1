/** What the DPS answers to one request. */
export interface Answer {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly body: object;
}

export function unauthorized(): Answer {
  return { status: 401, body: { errorCode: 401_002, message: 'Unauthorized' } };
}
