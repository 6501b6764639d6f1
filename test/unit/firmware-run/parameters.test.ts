import { expect, test } from 'vitest';
import { parametersOf } from '../../../src/firmware-run/running-device.ts';
import { loadProfile } from '../../../src/profile/index.ts';

// docs/firmware.md has the options.
const settings = {
  i2c: 'tcp:127.0.0.1:7000',
  broker: { host: '::1', port: 8883 },
  resolutions: [],
  trusted: 'ca.pem',
  macTail: Uint8Array.of(0xb4, 0xe6, 0x0a),
  commonName: '0123a1b2c3d4e5f6ee',
};

test('a device is told its common name where the profile has it compiled in', () => {
  expect(parametersOf({ ...settings, profile: loadProfile('esp32-mqtts') }).join(' ')).toBe(
    '--broker [::1]:8883 --ca ca.pem --i2c tcp:127.0.0.1:7000 --mac-tail b4e60a --common-name 0123a1b2c3d4e5f6ee',
  );
});

test('one that registers at a DPS is told its id scope, and where its hub is', () => {
  const hub = { host: 'hub-1.azure-devices.test', port: 8883, to: { host: '127.0.0.1', port: 9000 } };
  const parameters = parametersOf({ ...settings, resolutions: [hub], profile: loadProfile('azure-dps') });
  expect(parameters.join(' ')).toBe(
    '--broker [::1]:8883 --ca ca.pem --i2c tcp:127.0.0.1:7000 --mac-tail b4e60a --id-scope 0ne00000000 --resolve hub-1.azure-devices.test:8883:127.0.0.1:9000',
  );
});
