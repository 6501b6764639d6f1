import type { Firmware } from '../firmware.ts';
import type { AzureDpsProfile } from './profile.ts';

/** An ESP32 with an ATECC608A and a BME280 that registers at Azure's DPS and publishes its telemetry to the IoT Hub it is given. */
export const azureDps: Firmware<AzureDpsProfile> = {
  service: () => 'azure',
  /** The registration id and the device id: the chip's serial number, which is the CN of the certificate. */
  clientId: (_profile, { commonName }) => commonName,
  /** An IoT Hub has no subscribers to what a device publishes. */
  traffic: () => ({ telemetryFilter: undefined, ownTopic: () => undefined, fansOut: false }),
  sensorAddress: ({ sensor }) => sensor.address,
  fleet() {
    return ({ commonName }) => ({ clientId: commonName, chipCommands: 0, boot() {}, stop() {} });
  },
};
