/**
 * The peer: one plain MQTT.js client over node:tls for each device, with its own certificate and key file, and nothing else.
 * `node mqttjs-fleet.js DIRECTORY PORT LOAD` holds all connections until SIGINT and then says what it did, as JSON.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type MqttClient } from 'mqtt';
import type { Load } from './load.ts';

const [directory = '', port, load = ''] = process.argv.slice(2);
const { count, rate, script, publish } = JSON.parse(load) as Load;
const ca = readFileSync(join(directory, 'server-ca.pem'));
/** As long as the twin's telemetry in publish-qos0.yaml. */
const PAYLOAD = `{"Temparature": "21.000000" , "Pressure": "1013.250000" , "Humidity": "45.000000" , "Site": "0000000"}`;

let connected = 0;
let sent = 0;

function connectDevice(k: number): void {
  const clientId = `device-${k}`;
  const client = connect(`mqtts://localhost:${port}`, {
    clientId,
    ca,
    cert: readFileSync(join(directory, `${k}.pem`)),
    key: readFileSync(join(directory, `${k}.key`)),
    // As the twin.
    protocolVersion: 4,
    keepalive: 120,
    reconnectPeriod: 0,
    timerVariant: 'native',
  });
  client.on('connect', () => {
    connected += 1;
    if (script) runScript(client, clientId);
    if (publish !== undefined) publishTelemetry(client, clientId, publish);
  });
  client.on('error', (error) => {
    console.error(`device ${k}: ${error.message}`);
    process.exit(1);
  });
}

/** What the twin's profile says. */
function runScript(client: MqttClient, clientId: string): void {
  const [topic0, topic1] = [`/topic/qos0/${clientId}`, `/topic/qos1/${clientId}`];
  const answer = () => {
    sent += 1;
    client.publish(topic0, 'data', { qos: 0 });
  };
  client.subscribe(topic0, { qos: 0 }, answer);
  client.subscribe(topic1, { qos: 1 }, answer);
  client.unsubscribe(topic1);
}

function publishTelemetry(client: MqttClient, clientId: string, { qos, intervalMs }: Required<Load>['publish']): void {
  const topic = `/topic/qos${qos}/${clientId}`;
  const options = { qos };
  setInterval(() => {
    sent += 1;
    client.publish(topic, PAYLOAD, options);
  }, intervalMs);
}

process.once('SIGINT', () => {
  process.stdout.write(JSON.stringify({ connected, sent }), () => process.exit());
});

const begin = performance.now();
let arrived = 0;

const arrivals = setInterval(() => {
  const due = Math.min(count, 1 + Math.floor(((performance.now() - begin) / 1000) * rate));
  while (arrived < due) connectDevice(arrived++);
  if (arrived === count) clearInterval(arrivals);
}, 1);
