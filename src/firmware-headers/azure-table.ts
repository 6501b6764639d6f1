import type { Profile } from '../../emulator/firmware/index.ts';
import { doesNotFit, initializer, literal, unsigned } from './c-text.ts';

type AzureProfile = Extract<Profile, { readonly firmware: 'azure-dps' }>;

/** The SDK of 2020, which is all that the firmware in C has. */
function requireOriginal({ telemetryClient, dps, sdk }: AzureProfile): void {
  const has = { telemetryClient, 'dps.requestBody': dps.requestBody, 'dps.retryAfter': dps.retryAfter };
  const known = { telemetryClient: 'esp-mqtt', 'dps.requestBody': 'empty', 'dps.retryAfter': 'ignored' } as const;
  for (const name of Object.keys(known) as (keyof typeof known)[]) {
    if (has[name] !== known[name]) throw doesNotFit(`${name} is ${has[name]}, it has ${known[name]} alone`, has[name]);
  }
  if (sdk.backoff !== 'none') throw doesNotFit('sdk.backoff is not none, it has no other', sdk.backoff);
}

/** The definition of `AZURE`, a `struct profile_azure`. */
export function azureTable(profile: AzureProfile): string {
  requireOriginal(profile);
  const { sdk, dps, hub, trial, record } = profile;
  const members = {
    sdk_client_version: literal(sdk.clientVersion),
    sdk_network_timeout_ms: unsigned(32, 'sdk.networkTimeoutMs', sdk.networkTimeoutMs),
    dps_id_scope: literal(dps.idScope),
    dps_api_version: literal(dps.apiVersion),
    dps_keep_alive_seconds: unsigned(16, 'dps.keepAliveSeconds', dps.keepAliveSeconds),
    dps_loop_ms: unsigned(32, 'dps.loopMs', dps.loopMs),
    dps_poll_ms: unsigned(32, 'dps.pollMs', dps.pollMs),
    dps_answer_timeout_ms: unsigned(32, 'dps.answerTimeoutMs', dps.answerTimeoutMs),
    hub_api_version: literal(hub.apiVersion),
    hub_client_type: literal(hub.clientType),
    hub_keep_alive_seconds: unsigned(16, 'hub.keepAliveSeconds', hub.keepAliveSeconds),
    hub_connack_timeout_ms: unsigned(32, 'hub.connackTimeoutMs', hub.connackTimeoutMs),
    hub_resend_after_ms: unsigned(32, 'hub.resend.afterMs', hub.resend.afterMs),
    hub_resend_sends: unsigned(8, 'hub.resend.sends', hub.resend.sends),
    trial_messages: unsigned(8, 'trial.messages', trial.messages),
    trial_gap_ms: unsigned(32, 'trial.gapMs', trial.gapMs),
    trial_leave_ms: unsigned(32, 'trial.leaveMs', trial.leaveMs),
    record_serial_number: unsigned(16, 'record.serialNumber', record.serialNumber),
    record_hub_name: unsigned(16, 'record.hubName', record.hubName),
  };
  return `\nstatic const struct profile_azure AZURE = ${initializer(members)};\n`;
}
