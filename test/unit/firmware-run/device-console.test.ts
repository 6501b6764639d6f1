import { expect, test } from 'vitest';
import { DeviceConsole } from '../../../src/firmware-run/device-console.ts';
import { Lines } from '../../../src/firmware-run/firmware-process.ts';

// As ESP-IDF's log and the application print them; docs/firmware.md.
const CONSOLE = `I (52) ECC608: Stack remaining for task 'main' is 1904 bytes
E (52) MQTT_CLIENT: Client has not connected
I (134) ECC608: MQTT_EVENT_CONNECTED
I (134) ECC608: sent publish successful, msg_id=0
I (1090) ECC608: Stack remaining for task 'main' is 1904 bytes
I (2092) ECC608: Stack remaining for task 'main' is 1904 bytes
E (3000) MQTT_CLIENT: Read error or end of stream
I (3000) ECC608: MQTT_EVENT_DISCONNECTED
I (3094) ECC608: Stack remaining for task 'main' is 1904 bytes
E (3094) MQTT_CLIENT: Client has not connected

`;

test('a console tells how its device fares', () => {
  const device = new DeviceConsole();
  const lines = new Lines((line) => device.take(line));
  const half = CONSOLE.indexOf('E (3000)');
  // In pieces, as a pipe brings it.
  for (const character of CONSOLE.slice(0, half)) lines.take(character);
  expect(device).toMatchObject({ connected: true, connections: 1, measured: 3, published: 2, refused: 1 });
  lines.take(CONSOLE.slice(half));
  expect(device).toMatchObject({ connected: false, connections: 1, measured: 4, published: 2, refused: 2 });
  expect(device.lastLine).toBe('E (3094) MQTT_CLIENT: Client has not connected');
  expect(device.registered).toBe(false);
  device.take('Registration Information received from service: hub-1.azure-devices.test!');
  expect(device.registered).toBe(true);
});
