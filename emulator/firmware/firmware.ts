import type { BuildDevice, DeviceUnit, FleetSurroundings } from '../device/index.ts';

/** What the devices of a profile publish, for those who measure beside them. */
export interface Traffic {
  /** The filter that covers the telemetry of all devices, and as little else as possible; undefined where no client may subscribe to it. */
  readonly telemetryFilter: string | undefined;
  /** The topic on which a device alone publishes and to which it alone subscribes; undefined when it shares it. */
  ownTopic(clientId: string): string | undefined;
  /** Whether every device receives what every device publishes. */
  readonly fansOut: boolean;
}

/** What the devices talk to: an MQTT broker, or Azure's Device Provisioning Service and IoT Hub. */
export type Service = 'broker' | 'azure';

/** One firmware: what its profiles say, and how a device of it is put together. */
export interface Firmware<Profile> {
  service(profile: Profile): Service;
  /** The client id of a device. */
  clientId(profile: Profile, unit: Pick<DeviceUnit, 'macTail' | 'commonName'>): string;
  traffic(profile: Profile): Traffic;
  /** The 7-bit address of the sensor, where there is one. */
  sensorAddress(profile: Profile): number | undefined;
  /** What builds the devices of one fleet; made once for all of them. */
  fleet(profile: Profile, surroundings: FleetSurroundings): BuildDevice;
}
