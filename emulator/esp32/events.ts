import type { DeviceEvent } from '../device/index.ts';
import type { ChipReport } from '../host-library/index.ts';
import type { MqttEvent, WriteFailure } from '../mqtt/index.ts';

/** What happens on a device of several firmwares: what their consoles show, and what every device has in common. */
export type Esp32Event =
  | Exclude<DeviceEvent, { readonly type: `${string}.${string}` }>
  /** app_main begins. */
  | { readonly type: 'esp32.booted' }
  /** sysinit's end: the chip as it was found. */
  | { readonly type: 'esp32.chipRead'; readonly chip: ChipReport }
  /** mqtt_app_start. */
  | { readonly type: 'esp32.clientStarted' }
  /** The certificates for the next connection were rebuilt from the chip, or could not be. */
  | { readonly type: 'esp32.credentialsSet' }
  | { readonly type: 'esp32.credentialsMissing' }
  /** From the MQTT client to the application. */
  | { readonly type: 'esp32.client'; readonly event: MqttEvent }
  /** The application asked its client for something; `id` is what the call returned, a packet id or -1. */
  | {
      readonly type: 'esp32.requested';
      readonly request: 'subscribe' | 'unsubscribe' | 'publish';
      readonly id: number;
    }
  /** The client did not write what the application asked it for. */
  | {
      readonly type: 'esp32.notWritten';
      readonly request: 'subscribe' | 'unsubscribe' | 'publish';
      readonly topic: string;
      /** None to unsubscribe. */
      readonly qos?: number;
      readonly failure: WriteFailure;
    }
  /** The client refused to publish: it has no connection. */
  | { readonly type: 'esp32.notConnected' }
  /** The top of the publish loop. */
  | { readonly type: 'esp32.loopBegan' }
  /** The sensor was read; not acknowledged when the transfer failed. */
  | { readonly type: 'esp32.measured'; readonly acknowledged: boolean };
