/**
 * `node connections.js [--count N] [--rate R] [--rounds K] [--out NAME]` writes NAME.json and NAME.md
 *
 * What N mutual-TLS MQTT connections cost the client: plain MQTT.js over node:tls and `emu run` in turn, each with a
 * certificate of its own for every device, against the same mosquitto. Both arrive open-loop at R per second and speak TLS 1.2.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Ca, createCa } from '../support/certificates.ts';
import { requireProgram } from '../support/interop.ts';
import { emu, mqttJs } from './contenders.ts';
import { type Measurement, measure } from './measure.ts';
import { machine, table } from './report.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    rate: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string' },
  },
});
const count = Number(values.count);
const rate = Number(values.rate);

const mosquitto = requireProgram('mosquitto', ['-h']);
if (mosquitto === undefined) process.exit(1);
const directory = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  const servers = await createCa({ commonName: 'servers' });
  const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
  const fleet = await createCa({ commonName: 'fleet' });
  writeFileSync(join(directory, 'server-ca.pem'), servers.certificate);
  writeFileSync(join(directory, 'fleet.pem'), fleet.certificate);
  writeFileSync(join(directory, 'fleet.key'), fleet.key, { mode: 0o600 });
  await writeDevices(fleet);

  const bench = { mosquitto, directory, server, fleet, rate };
  const rounds: Measurement[][] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const runs: Measurement[] = [];
    for (const size of [1, count]) {
      for (const contender of [mqttJs, emu]) {
        const run = await measure(contender, size, bench);
        console.log(`round ${round}, ${contender.name}, ${size}: ${(run.connectMs / 1000).toFixed(2)} s`);
        runs.push(run);
      }
    }
    rounds.push(runs);
  }

  const facts = machine(mosquitto);
  const report = `${count} devices arriving at ${rate} per second; medians of ${rounds.length} (least … most).
${facts.cores} cores ${facts.cpu}, ${facts.memoryGib} GiB, node ${facts.node}, mosquitto ${facts.mosquitto}

${table(rounds, [mqttJs.name, emu.name])}

While connecting, MQTT.js sends a CONNECT and reads its key and certificate from files. A twin boots, rebuilds its certificates
from its chip, signs in the chip, subscribes twice, unsubscribes and publishes twice. From process start, emu also makes and
personalises the chips; the files of MQTT.js were made beforehand and are not counted.
`;
  console.log(`\n${report}`);
  if (values.out !== undefined) {
    const date = new Date().toISOString().slice(0, 10);
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(`${values.out}.json`, `${JSON.stringify({ date, machine: facts, count, rate, rounds }, null, 2)}\n`);
    writeFileSync(`${values.out}.md`, `# Connections, ${date}\n\n${report}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** A key and a certificate for every device of the peer; the twins make their own, in their chips. */
async function writeDevices(fleet: Ca): Promise<void> {
  for (let k = 0; k < count; k++) {
    const { certificate, key } = await fleet.issue({ commonName: `device-${k}` });
    writeFileSync(join(directory, `${k}.pem`), certificate);
    writeFileSync(join(directory, `${k}.key`), key, { mode: 0o600 });
  }
}
