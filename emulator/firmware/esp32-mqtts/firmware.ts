import { loopSettings } from '../../esp32/index.ts';
import { clientIdFrom } from '../../mqtt/index.ts';
import { TrustStore, tlsPolicy } from '../../tls/index.ts';
import type { Firmware } from '../firmware.ts';
import { buildDevice } from './build.ts';
import type { Esp32MqttsProfile } from './profile.ts';
import { trafficOf } from './traffic.ts';

/** An ESP32 with an ATECC608A and a BME280 that publishes its telemetry over mutual-TLS MQTT (ESP-IDF 3.3). */
export const esp32Mqtts: Firmware<Esp32MqttsProfile> = {
  service: () => 'broker',
  clientId: ({ mqtt }, { macTail }) => clientIdFrom(macTail, mqtt.clientIdPrefix),
  traffic: trafficOf,
  sensorAddress: ({ sensor }) => sensor.address,
  fleet(profile, surroundings) {
    const { broker, dial, trusted, keyLog } = surroundings;
    const policy = tlsPolicy(profile.tls);
    const route = {
      ...broker,
      dial,
      policy,
      keyLog,
      trust: new TrustStore(trusted, policy.certificates),
      timeoutMs: profile.mqtt.networkTimeoutMs,
    };
    const loop = loopSettings(profile, surroundings.intervalMs);
    const fleet = { profile, route, loop, surroundings };
    return (unit, observe, tap) => buildDevice(fleet, unit, observe, tap);
  },
};
