import { describe, expect, it } from 'vitest';
import { firmwareOf } from '../../../../emulator/firmware/index.ts';
import { loadProfile } from '../../../../src/profile/index.ts';

const trafficOf = (name: string) => {
  const profile = loadProfile(name);
  return firmwareOf(profile).traffic(profile);
};

describe('what the devices of a profile publish', () => {
  it('is covered by one filter, whichever device it is', () => {
    expect(trafficOf('esp32-mqtts').telemetryFilter).toBe('/topic/qos0/+');
    expect(trafficOf('esp32-mqtts-shared').telemetryFilter).toBe('/topic/qos0');
  });

  it('is on a topic of its own, or on one that all share and hear', () => {
    expect(trafficOf('esp32-mqtts').ownTopic('ESP32_b4E6A1')).toBe('/topic/qos0/ESP32_b4E6A1');
    expect(trafficOf('esp32-mqtts').fansOut).toBe(false);
    expect(trafficOf('esp32-mqtts-shared').ownTopic('ESP32_b4E6A1')).toBeUndefined();
    expect(trafficOf('esp32-mqtts-shared').fansOut).toBe(true);
  });
});
