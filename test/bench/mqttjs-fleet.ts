/**
 * The peer: one plain MQTT.js client over node:tls for each device, with its own certificate and key file, and nothing else.
 * `node mqttjs-fleet.js DIRECTORY PORT COUNT RATE` connects device k at k/RATE seconds and holds all connections until it is killed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'mqtt';

const [directory = '', port, count, rate] = process.argv.slice(2);
const ca = readFileSync(join(directory, 'server-ca.pem'));

function connectDevice(k: number): void {
  const client = connect(`mqtts://localhost:${port}`, {
    clientId: `device-${k}`,
    ca,
    cert: readFileSync(join(directory, `${k}.pem`)),
    key: readFileSync(join(directory, `${k}.key`)),
    // As the twin does.
    protocolVersion: 4,
    keepalive: 120,
    reconnectPeriod: 0,
    timerVariant: 'native',
  });
  client.on('error', (error) => {
    console.error(`device ${k}: ${error.message}`);
    process.exit(1);
  });
}

const begin = performance.now();
let arrived = 0;

/** Open-loop: whoever is due by now arrives now, however slow the broker is. */
const arrivals = setInterval(() => {
  const due = Math.min(Number(count), 1 + Math.floor(((performance.now() - begin) / 1000) * Number(rate)));
  while (arrived < due) connectDevice(arrived++);
  if (arrived === Number(count)) clearInterval(arrivals);
}, 1);
