import { MqttTask, type Publisher } from '../../esp32/index.ts';
import { HUB_PORT, hubUserName } from './names.ts';
import type { AzureDpsProfile, Backoff } from './profile.ts';
import { SdkTask } from './sdk-task.ts';
import type { Station } from './station.ts';

/** The task that has the connection for the telemetry. */
export interface TelemetryClient extends Publisher {
  /** @param bootedAt when the device was powered up, on the fleet's clock */
  start(bootedAt: number): void;
  stop(): void;
}

/** A profile whose registrations end with their first failure has no say in how an SDK's client comes back. */
const SDK_BACKOFF: Backoff = { initialMs: 1000, maxMs: 30_000, jitterPercent: 5 };

/** What a device tells its hub about itself when it logs in for the telemetry. */
export function telemetryUserName(
  { telemetryClient, mqtt, hub }: AzureDpsProfile,
  host: string,
  deviceId: string,
): string {
  if (telemetryClient === 'esp-mqtt') return hubUserName(host, deviceId, mqtt.apiVersion);
  return hubUserName(host, deviceId, hub.apiVersion, hub.clientType);
}

/** The client that the profile names, for the hub of the record. */
export function telemetryClient(station: Station, hub: string, deviceId: string): TelemetryClient {
  const { fleet, atecc, board, observe } = station;
  const { profile, surroundings } = fleet;
  const username = telemetryUserName(profile, hub, deviceId);
  if (profile.telemetryClient === 'esp-mqtt') {
    const route = { ...fleet.route, host: hub, port: HUB_PORT, timeoutMs: profile.mqtt.networkTimeoutMs };
    return new MqttTask({ clientId: deviceId, username, profile, route, surroundings }, atecc, board, observe);
  }
  const backoff = profile.sdk.backoff === 'none' ? SDK_BACKOFF : profile.sdk.backoff;
  return new SdkTask(station, { hub, deviceId, username, backoff });
}
