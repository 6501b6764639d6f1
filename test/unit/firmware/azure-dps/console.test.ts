import { describe, expect, it } from 'vitest';
import {
  ASSIGNING,
  assignedTo,
  azureProfile,
  dpsWith,
  HUB,
  obedientHub,
  provisionedBench,
} from '../../../support/azure-twin.ts';
import { CONNECT, CREDENTIALS, expectConsole, HEAP, STACK } from '../../../support/console.ts';
import type { BrokerConnection } from '../../../support/memory-broker.ts';

const ID = '0123ffac64afdf56ee';
const bytes = (count: number) => '<H> '.repeat(count);

/** The provisioning firmware's app_main, from its source. */
const START = [
  'I (<T>) ECC608: [APP] Startup..',
  'I (<T>) ECC608: [APP] IDF version: v3.3',
  ...HEAP,
  'I (<T>) ECC608: Setting WiFi configuration SSID emu...',
  ...['Random Number:', ...Array<string>(4).fill(bytes(8))],
  ...['Serial Number:', bytes(9), 'Revision Number:', '00 00 60 02 '],
  ...['Config Zone data:', ...Array<string>(16).fill(bytes(8))],
  ...HEAP,
  'I (<T>) ECC608: Connected to AP success!',
];

/** The SDK's sample. */
const REGISTRATION = (hub: string) => [
  'Provisioning API Version: 1.2.14',
  'Iothub API Version: 1.2.14',
  ID,
  'Provisioning Status: PROV_DEVICE_REG_STATUS_CONNECTED',
  'Provisioning Status: PROV_DEVICE_REG_STATUS_ASSIGNING',
  `Registration Information received from service: ${hub}!`,
  `${ID}!`,
];
const TRIAL = [
  'Creating IoTHub Device handle',
  ID,
  'Sending 1 messages to IoTHub every 2 seconds for 2 messages (Send any message to stop)',
];
const MESSAGES = [
  'IoTHubClient_LL_SendEventAsync accepted message [1] for transmission to IoT Hub.',
  'IoTHubClient_LL_SendEventAsync accepted message [2] for transmission to IoT Hub.',
];

/** The end of the article's listing, to the letter. */
const ARTICLE = [
  'Registering testcorp.azure-devices.net ...',
  'Azure IoT URL provisioning complete.',
  'device sn provisioning complete.',
];

/** The telemetry's firmware, from the end of its sysinit on. */
const TELEMETRY = (hub: string) => [
  `Serial Number Strings${ID}`,
  `devices/${ID}/messages/devicebound/#`,
  `devices/${ID}/messages/events/`,
  ID,
  `${hub}/${ID}/?api-version=2018-06-30`,
  `mqtts://${hub}:8883`,
  ...HEAP,
  `Client ID:${ID}`,
  `Username:${hub}/${ID}/?api-version=2018-06-30`,
  'I (<T>) ECC608: [APP] Free memory: <N> bytes',
  `mqtts://${hub}:8883`,
];
const CONNECTION = [
  ...CREDENTIALS,
  ...HEAP,
  CONNECT,
  'I (<T>) ECC608: MQTT_EVENT_CONNECTED',
  'I (<T>) ECC608: sent subscribe successful, msg_id=<N>',
  'I (<T>) ECC608: MQTT_EVENT_SUBSCRIBED, msg_id=<N>',
  'I (<T>) ECC608: sent publish successful, msg_id=<N>',
  'I (<T>) ECC608: MQTT_EVENT_PUBLISHED, msg_id=<N>',
  STACK,
  'I (<T>) ECC608: MQTT_EVENT_PUBLISHED, msg_id=<N>',
];

/** A hub that has a message for the device. */
function stopAtOnce(packet: string, connection: BrokerConnection): void {
  obedientHub(packet, connection);
  if (packet.startsWith('82')) connection.send(`3004000174${'78'}`);
}

async function consoleOf(setUp: Parameters<typeof provisionedBench>[0]): Promise<string[]> {
  const lines: string[] = [];
  await provisionedBench({ ...setUp, console: (line) => lines.push(line) });
  return lines;
}

describe('the serial console', () => {
  it('from the factory to telemetry, as the article has it', async () => {
    const hub = 'testcorp.azure-devices.net';
    const lines = await consoleOf({ dps: dpsWith(ASSIGNING, assignedTo(hub, ID)) });
    expectConsole(lines, [
      ...[...START, ...REGISTRATION(hub), ...TRIAL, ...MESSAGES, ...ARTICLE],
      ...[...TELEMETRY(hub), ...CONNECTION],
    ]);
  });

  it('of a device that has its record', async () => {
    const { memory } = await provisionedBench();
    expectConsole(await consoleOf({ memory }), [...START, ...TELEMETRY(HUB), ...CONNECTION]);
  });

  it('of a trial that a message of the hub ends', async () => {
    const lines = await consoleOf({
      hub: { answer: stopAtOnce },
    });
    const from = lines.indexOf('Creating IoTHub Device handle');
    expect(lines.slice(from, from + 6)).toEqual([
      ...TRIAL,
      MESSAGES[0],
      'Stop message recieved from IoTHub',
      `Registering ${HUB} ...`,
    ]);
  });

  it('of azure-dps-2026 has no lines of esp-mqtt', async () => {
    const lines = await consoleOf({ profile: azureProfile('azure-dps-2026') });
    expect(lines.filter((line) => /MQTT|ssl_tls|client credentials/.test(line))).toEqual([]);
    expect(lines).toContain('Provisioning API Version: 1.15.0');
    expect(lines.at(-1)).toMatch(/Stack remaining/);
  });
});
