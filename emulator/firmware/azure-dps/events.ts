import type { Esp32Event } from '../../esp32/index.ts';
import type { RegistrationResult } from './dps-answer.ts';

/** What happens on a device of this firmware: what its console shows, and what every device has in common. */
export type AzureDpsEvent = Esp32Event | OwnEvent;

/** What concerns this firmware's console alone. */
export type OwnEvent =
  /** The provisioning sample begins. */
  | { readonly type: 'azure-dps.begun' }
  /** The HSM was created: it read the chip's serial number. */
  | { readonly type: 'azure-dps.serialRead'; readonly serialNumber: string }
  /** The status callback of the registration. */
  | { readonly type: 'azure-dps.status'; readonly status: 'CONNECTED' | 'ASSIGNING' }
  /** The DPS named hub and device. */
  | { readonly type: 'azure-dps.registered'; readonly hub: string; readonly deviceId: string }
  | { readonly type: 'azure-dps.registrationFailed'; readonly result: RegistrationResult }
  /** The client of the hub is about to be made; then it is there. */
  | { readonly type: 'azure-dps.trialBegins' }
  | { readonly type: 'azure-dps.trialBegan'; readonly messages: number }
  /** The client took the nth message of the trial. */
  | { readonly type: 'azure-dps.messageAccepted'; readonly count: number }
  /** A message of the hub ends the trial. */
  | { readonly type: 'azure-dps.stopMessage' }
  /** The record is written next. */
  | { readonly type: 'azure-dps.recording'; readonly hub: string }
  /** The chip refused to write or read a field of the record with this status. */
  | {
      readonly type: 'azure-dps.slotRefused';
      readonly access: 'write' | 'read';
      readonly field: RecordField;
      readonly status: number;
    }
  /** A field was written and read back. */
  | { readonly type: 'azure-dps.compared'; readonly field: RecordField; readonly same: boolean }
  /** The telemetry's part begins, with what it read from the chip. */
  | {
      readonly type: 'azure-dps.configured';
      readonly serialNumber: string;
      readonly hub: string;
      readonly username: string;
    };

export type RecordField = 'hubName' | 'serialNumber';

export function isOwnEvent(event: AzureDpsEvent): event is OwnEvent {
  return event.type.startsWith('azure-dps.');
}
