import { HUB_NAME_LENGTH, isHostName } from './record.ts';

/** PROV_DEVICE_RESULT_… of the SDK, which the application prints. */
export type RegistrationResult =
  | 'PARSING'
  | 'TRANSPORT'
  | 'DEV_AUTH_ERROR'
  | 'UNAUTHORIZED'
  | 'HUB_NOT_SPECIFIED'
  | 'DISABLED'
  | 'TIMEOUT'
  | 'ERROR';

/** What an answer of the DPS comes to. */
export type Outcome =
  | { readonly kind: 'putOff' }
  | { readonly kind: 'assigning'; readonly operationId: string }
  | { readonly kind: 'assigned'; readonly hub: string; readonly deviceId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly result: RegistrationResult };

export interface DpsAnswer {
  /** In the topic; 0 where there is none. */
  readonly status: number;
  /** In the topic, where it is there. */
  readonly retryAfterSeconds: number | undefined;
  readonly outcome: Outcome;
}

const TOPIC = '$dps/registrations/res/';
const PUT_OFF_FROM = 429;
/** Ours: what a status and an error code may be, because each makes a cause of its own. */
const LARGEST_STATUS = 999;
const LARGEST_ERROR_CODE = 999_999;
/** Ours: it stands in a topic. The service's have some 60 characters. */
const OPERATION_ID = /^[\x21-\x7e]{1,512}$/;
/** Of device ids in IoT Hub's registry, without the wildcards of MQTT, because it stands in a topic. */
const DEVICE_ID = /^[A-Za-z0-9\-:.%_*?!(),=@;$']{1,128}$/;

const text = new TextDecoder();

/** Reads an answer as the SDK does: the topic's status tells only whether to ask again, and the body's everything else. */
export function dpsAnswer(topic: string, payload: Uint8Array): DpsAnswer {
  const status = statusOf(topic);
  const [, seconds] = /[?&]retry-after=(\d{1,9})/.exec(topic) ?? [];
  const retryAfterSeconds = seconds === undefined ? undefined : Number(seconds);
  const outcome: Outcome = status >= PUT_OFF_FROM ? { kind: 'putOff' } : outcomeOf(status, bodyOf(payload));
  return { status, retryAfterSeconds, outcome };
}

function statusOf(topic: string): number {
  if (!topic.startsWith(TOPIC)) return 0;
  return Math.min(Number(/^\d{0,9}/.exec(topic.slice(TOPIC.length))?.[0] ?? 0), LARGEST_STATUS);
}

type JsonObject = Readonly<Record<string, unknown>>;

function objectFrom(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** A text in C: it ends at the first NUL. */
function bodyOf(payload: Uint8Array): JsonObject | undefined {
  const end = payload.indexOf(0);
  try {
    return objectFrom(JSON.parse(text.decode(end === -1 ? payload : payload.subarray(0, end))));
  } catch {
    return undefined;
  }
}

function refused(code: string, message: string, result: RegistrationResult): Outcome {
  return { kind: 'refused', code, message, result };
}

function malformed(message: string, result: RegistrationResult = 'PARSING'): Outcome {
  return refused('MALFORMED', message, result);
}

function outcomeOf(status: number, body: JsonObject | undefined): Outcome {
  if (body === undefined) {
    if (status >= 400) return refusedBy(status, 'TRANSPORT');
    return malformed('the answer of the DPS is not a JSON object', 'TRANSPORT');
  }
  switch (typeof body.status === 'string' ? body.status : 'unassigned') {
    case 'assigning':
      return assigning(body);
    case 'assigned':
      return assigned(body);
    case 'failed':
      return failed(body);
    case 'disabled':
      return refused('DISABLED', 'the enrollment of the device is disabled', 'DISABLED');
    case 'blacklisted':
      return refused('BLACKLISTED', 'the device is blacklisted', 'ERROR');
    case 'unassigned':
      // Quirk: an error's body has no status, which the SDK takes for a TPM's challenge without its key.
      if (status >= 400) return refusedBy(status, 'PARSING', body);
      return malformed('the answer of the DPS has no status of the registration');
    default:
      return refused('UNKNOWN_STATUS', `status ${quoted(body.status)} of the registration`, 'DEV_AUTH_ERROR');
  }
}

function refusedBy(status: number, result: RegistrationResult, { errorCode, message }: JsonObject = {}): Outcome {
  const details = [errorCode, message].filter((value) => typeof value === 'number' || typeof value === 'string');
  const words = details.length === 0 ? '' : `: ${quoted(details.join(' '))}`;
  return refused(`STATUS_${status}`, `the DPS answered with status ${status}${words}`, result);
}

function assigning({ operationId }: JsonObject): Outcome {
  if (typeof operationId === 'string' && OPERATION_ID.test(operationId)) return { kind: 'assigning', operationId };
  return malformed('a registration that goes on has no operationId');
}

function assigned({ registrationState }: JsonObject): Outcome {
  const { assignedHub: hub, deviceId } = objectFrom(registrationState) ?? {};
  if (typeof hub !== 'string' || hub === '') {
    return refused('NO_HUB', 'the device is assigned, and no hub is named', 'PARSING');
  }
  if (typeof deviceId !== 'string' || !DEVICE_ID.test(deviceId)) {
    return malformed('the device is assigned, and has no device id');
  }
  // Quirk: the firmware copies any name into 48 bytes on its stack. The twin stops before that.
  if (hub.length >= HUB_NAME_LENGTH) {
    const message = `${hub.length} characters: the record of a hub has room for ${HUB_NAME_LENGTH - 1}`;
    return refused('HUB_NAME_TOO_LONG', `the host name ${quoted(hub)} has ${message}`, 'ERROR');
  }
  if (!isHostName(hub)) return malformed(`the hub ${quoted(hub)} is not a host name`);
  return { kind: 'assigned', hub, deviceId };
}

function failed({ registrationState, operationId }: JsonObject): Outcome {
  const state = objectFrom(registrationState);
  const { errorCode, errorMessage } = state ?? {};
  const isCode = Number.isInteger(errorCode) && Number(errorCode) > 0 && Number(errorCode) <= LARGEST_ERROR_CODE;
  const words = typeof errorMessage === 'string' ? `: ${quoted(errorMessage)}` : '';
  const message = `the registration failed${isCode ? ` (${errorCode})` : ''}${words}`;
  return refused(isCode ? `FAILED_${errorCode}` : 'FAILED', message, resultOf(operationId, errorCode));
}

/** The SDK looks at the error code only beside an operation id. */
function resultOf(operationId: unknown, errorCode: unknown): RegistrationResult {
  if (typeof operationId !== 'string') return 'DEV_AUTH_ERROR';
  if (errorCode === 400_208) return 'HUB_NOT_SPECIFIED';
  return errorCode === 400_209 ? 'UNAUTHORIZED' : 'DEV_AUTH_ERROR';
}

/** What a stranger wrote, short and on one line. */
function quoted(value: unknown): string {
  const shown = JSON.stringify(value) ?? '';
  return shown.length <= 120 ? shown : `${shown.slice(0, 117)}…"`;
}
