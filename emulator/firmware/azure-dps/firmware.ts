import { loopSettings } from '../../esp32/index.ts';
import { TrustStore, tlsPolicy } from '../../tls/index.ts';
import type { Firmware } from '../firmware.ts';
import { buildDevice } from './build.ts';
import type { AzureDpsProfile } from './profile.ts';

/** An ESP32 with an ATECC608A and a BME280 that registers at Azure's DPS and publishes its telemetry to the IoT Hub it is given. */
export const azureDps: Firmware<AzureDpsProfile> = {
  service: () => 'azure',
  /** The registration id and the device id: the chip's serial number, which is the CN of the certificate. */
  clientId: (_profile, { commonName }) => commonName,
  /** An IoT Hub lets no client subscribe to what devices publish. */
  traffic: () => ({ telemetryFilter: undefined, ownTopic: () => undefined, fansOut: false }),
  sensorAddress: ({ sensor }) => sensor.address,
  fleet(profile, surroundings) {
    const { broker, dial, trusted, keyLog } = surroundings;
    const policy = tlsPolicy(profile.tls);
    const trust = new TrustStore(trusted, policy.certificates);
    const route = { ...broker, dial, policy, keyLog, trust, timeoutMs: profile.sdk.networkTimeoutMs };
    const fleet = { profile, route, loop: loopSettings(profile, surroundings.intervalMs), surroundings };
    return (unit, observe, tap) => buildDevice(fleet, unit, observe, tap);
  },
};
