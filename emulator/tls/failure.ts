import { EmuError } from '../errors.ts';
import { alertName } from './alerts.ts';
import { alertFor, type TlsPolicy } from './policy.ts';
import { type HandshakeState, type Refusal, refusals } from './refusals.ts';

/** The `value` of every EmuError that a TLS connection closes with. */
export interface TlsFailure {
  /** What the client was waiting for. */
  readonly state: HandshakeState;
  /** Name and number of the alert that ended the connection, undefined when none crossed the wire. */
  readonly alert: string | undefined;
  readonly code: number | undefined;
  /** Who sent that alert. */
  readonly direction: 'sent' | 'received' | 'none';
}

/** Thrown inside the core and turned into an alert and a closed connection by the client; never leaves it. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string, cause?: unknown) {
    super(message, { cause });
    this.refusal = refusal;
  }
}

const waitingFor: Record<HandshakeState, string> = {
  idle: 'the start of the handshake',
  server_hello: "the server's ServerHello",
  certificate: "the server's Certificate",
  server_key_exchange: 'ServerKeyExchange',
  certificate_request: 'CertificateRequest or ServerHelloDone',
  server_hello_done: 'ServerHelloDone',
  client_key_exchange: "the device's key operations",
  new_session_ticket: 'NewSessionTicket',
  change_cipher_spec: "the server's ChangeCipherSpec",
  finished: "the server's Finished",
  established: 'application data',
  closed: 'nothing',
};

/** The error of a connection that this side refused, with the alert that `policy` sends for it. */
export function refusalError(refused: Refused, policy: TlsPolicy, state: HandshakeState): EmuError {
  const code = alertFor(policy, refused.refusal, state);
  const alert = code === undefined ? undefined : alertName(code);
  const reaction = alert === undefined ? 'closed without an alert' : `answered with the alert ${alert} (${code})`;
  const value: TlsFailure = { state, alert, code, direction: code === undefined ? 'none' : 'sent' };
  return new EmuError(refusals[refused.refusal].code, `${refused.message}; the device ${reaction}`, {
    value,
    cause: refused.cause,
  });
}

/** The error of a connection that the server ended with a fatal alert. */
export function alertError(code: number, state: HandshakeState): EmuError {
  const alert = alertName(code);
  const value: TlsFailure = { state, alert, code, direction: 'received' };
  return new EmuError(
    'EMU_E_TLS_ALERT',
    `the server sent the fatal alert ${alert} (${code}) while the device waited for ${waitingFor[state]}`,
    { value, hint: "look for the handshake's refusal in the server's log" },
  );
}

/** The error of a connection that ended without close_notify, or with one before the handshake was over. */
export function closedError(state: HandshakeState, closeNotify: boolean): EmuError {
  const how = closeNotify ? 'sent close_notify' : 'closed the TCP connection';
  const value: TlsFailure = {
    state,
    alert: closeNotify ? alertName(0) : undefined,
    code: closeNotify ? 0 : undefined,
    direction: closeNotify ? 'received' : 'none',
  };
  if (state === 'established') {
    return new EmuError('EMU_E_TLS_TRUNCATED', `the server ${how} without a close_notify before it`, { value });
  }
  return new EmuError(
    `EMU_E_TLS_CLOSED_AT_${state.toUpperCase()}`,
    `the server ${how} while the device waited for ${waitingFor[state]}`,
    { value },
  );
}
