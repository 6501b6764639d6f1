import { assignedTo, type DpsReply, HUB, OPERATION } from './azure-twin.ts';

/** Of device 0. */
export const SERIAL = '0123ffac64afdf56ee';
const state = (status: string, registrationState: object = {}) => ({
  body: { operationId: OPERATION, status, registrationState },
});
const error = (errorCode: number) => ({
  body: { errorCode, trackingId: 'd4a1', message: 'Unauthorized', timestampUtc: '2026-06-18T10:49:45Z' },
});

/** What a DPS may answer that ends a registration: cause, and what the SDK calls it. */
export const REFUSALS: readonly [name: string, reply: DpsReply, cause: string, result: string][] = [
  ['401', { status: 401, ...error(401002) }, 'STATUS_401', 'PARSING'],
  ['400', { status: 400, ...error(400004) }, 'STATUS_400', 'PARSING'],
  ['404', { status: 404, ...error(404201) }, 'STATUS_404', 'PARSING'],
  ['409', { status: 409, ...error(409203) }, 'STATUS_409', 'PARSING'],
  ['428', { status: 428, body: {} }, 'STATUS_428', 'PARSING'],
  ['401 without a body', { status: 401, body: '' }, 'STATUS_401', 'TRANSPORT'],
  ['failed, no hub', { status: 200, ...state('failed', { errorCode: 400208 }) }, 'FAILED_400208', 'HUB_NOT_SPECIFIED'],
  [
    'failed, not authorized',
    { status: 200, ...state('failed', { errorCode: 400209 }) },
    'FAILED_400209',
    'UNAUTHORIZED',
  ],
  ['failed otherwise', { status: 200, ...state('failed', { errorCode: 400001 }) }, 'FAILED_400001', 'DEV_AUTH_ERROR'],
  ['failed without a code', { status: 200, body: { status: 'failed' } }, 'FAILED', 'DEV_AUTH_ERROR'],
  [
    'failed with a code that is none',
    { status: 200, ...state('failed', { errorCode: 1e300 }) },
    'FAILED',
    'DEV_AUTH_ERROR',
  ],
  ['disabled', { status: 200, ...state('disabled') }, 'DISABLED', 'DISABLED'],
  ['blacklisted', { status: 200, ...state('blacklisted') }, 'BLACKLISTED', 'ERROR'],
  ['an unknown status', { status: 200, ...state('enlightened') }, 'UNKNOWN_STATUS', 'DEV_AUTH_ERROR'],
  ['no JSON', { status: 200, body: '{"status":' }, 'MALFORMED', 'TRANSPORT'],
  ['no byte', { status: 200, body: '' }, 'MALFORMED', 'TRANSPORT'],
  ['JSON that is no object', { status: 200, body: '[]' }, 'MALFORMED', 'TRANSPORT'],
  ['a status that is no text', { status: 200, body: { status: 7 } }, 'MALFORMED', 'PARSING'],
  ['no status', { status: 202, body: { operationId: OPERATION } }, 'MALFORMED', 'PARSING'],
  [
    'unassigned, the challenge of a TPM',
    { status: 401, body: { status: 'unassigned', authenticationKey: 'AAAA', keyName: 'registration' } },
    'STATUS_401',
    'PARSING',
  ],
  ['assigning without an operation id', { status: 202, body: { status: 'assigning' } }, 'MALFORMED', 'PARSING'],
  [
    'assigning with an operation id that is no topic',
    { status: 202, body: { status: 'assigning', operationId: '#\n' } },
    'MALFORMED',
    'PARSING',
  ],
  ['assigned without a state', { status: 200, body: { status: 'assigned' } }, 'NO_HUB', 'PARSING'],
  ['assigned without a hub', assignedTo(undefined, SERIAL), 'NO_HUB', 'PARSING'],
  ['assigned to an empty hub', assignedTo('', SERIAL), 'NO_HUB', 'PARSING'],
  ['assigned to a number', assignedTo(8883, SERIAL), 'NO_HUB', 'PARSING'],
  ['assigned without a device id', assignedTo(HUB, undefined), 'MALFORMED', 'PARSING'],
  ['assigned with a device id that no topic holds', assignedTo(HUB, 'a/b'), 'MALFORMED', 'PARSING'],
  ['a hub of 48 characters', assignedTo(`${'a'.repeat(32)}.azure-devices.n`, SERIAL), 'HUB_NAME_TOO_LONG', 'ERROR'],
  ['a hub of 7,000 characters', assignedTo('a'.repeat(7000), SERIAL), 'HUB_NAME_TOO_LONG', 'ERROR'],
  ['a hub that is no host name', assignedTo('hub 1', SERIAL), 'MALFORMED', 'PARSING'],
  ['a hub with a port', assignedTo('localhost:8883', SERIAL), 'MALFORMED', 'PARSING'],
];
