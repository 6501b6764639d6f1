import { expect } from 'vitest';

/** A sheet's line in which `<T>` stands for a time, `<N>` for any number, `<D>` for one with six decimals, `<H>` for a byte. */
function matches(line: string, golden: string): boolean {
  const pattern = golden
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('<N>', '\\d+')
    .replaceAll('<T>', '\\d+')
    .replaceAll('<D>', '-?\\d+\\.\\d{6}')
    .replaceAll('<H>', '[0-9a-f]{2}');
  return new RegExp(`^${pattern}$`).test(line);
}

/** Compares a console with its golden lines, times, pointers and sizes masked. */
export function expectConsole(lines: readonly string[], golden: readonly string[]): void {
  // Where a line fits its golden, the golden stands in for it: a difference shows both texts.
  expect(lines.map((line, i) => (matches(line, golden[i] ?? '') ? golden[i] : line))).toEqual(golden);
}

const bytes = (count: number) => '<H> '.repeat(count);
export const HEAP = ['Free Heap Size 8bit = <N>', 'Free Heap Size 32bit = <N>'];

/** From the boot to the start of the client. */
export const start = (uri: string) => [
  'I (<T>) ECC608: [APP] Startup..',
  'I (<T>) ECC608: [APP] Free memory: <N> bytes',
  'I (<T>) ECC608: [APP] IDF version: v3.3',
  ...HEAP,
  'I (<T>) ECC608: Setting WiFi configuration SSID emu...',
  'Random Number:',
  ...Array<string>(4).fill(bytes(8)),
  'Serial Number:',
  bytes(9),
  'Revision Number:',
  '00 00 60 02 ',
  'Config Zone data:',
  ...Array<string>(16).fill(bytes(8)),
  ...HEAP,
  'I (<T>) ECC608: [APP] Free memory: <N> bytes',
  uri,
];
export const CREDENTIALS = ['  . Set up the client credentials. ok', 'MBEDTLS_SSL_VERIFY_REQUIRED'];
export const CONNECT = 'I (<T>) MQTT_CLIENT: Sending MQTT CONNECT message, type: 1, id: 0000';
const SUBSCRIBED = [
  'I (<T>) ECC608: MQTT_EVENT_SUBSCRIBED, msg_id=<N>',
  'I (<T>) ECC608: sent publish successful, msg_id=0',
];
export const CONNECTED = [
  'I (<T>) ECC608: MQTT_EVENT_CONNECTED',
  'I (<T>) ECC608: sent subscribe successful, msg_id=<N>',
  'I (<T>) ECC608: sent subscribe successful, msg_id=<N>',
  'I (<T>) ECC608: sent unsubscribe successful, msg_id=<N>',
  ...SUBSCRIBED,
  ...SUBSCRIBED,
  'I (<T>) ECC608: MQTT_EVENT_UNSUBSCRIBED, msg_id=<N>',
];
export const STACK = "I (<T>) ECC608: Stack remaining for task 'main' is <N> bytes";
export const NOT_CONNECTED = 'E (<T>) MQTT_CLIENT: Client has not connected';
export const DOWN = ['I (<T>) MQTT_CLIENT: Reconnect after 10000 ms', 'I (<T>) ECC608: MQTT_EVENT_DISCONNECTED'];

/** Not a line of the loop that measures and publishes. */
export function ofMqttTask(line: string): boolean {
  return !/^Free Heap|Stack remaining|Client has not connected/.test(line);
}
