/**
 * `node cost.js [--rounds K] [--quick] [--only connecting|publishing] [--workers 1,2] [--libmosquitto] [--out FILE]`
 *
 * What connections, memory and messages cost the client: `emu run` on a persistent fleet beside MQTT.js over node:tls, in turn,
 * each with a certificate of its own for every device, against a fresh mosquitto for each run. Both speak TLS 1.2 and arrive
 * open-loop. It reports and never fails on a figure.
 *
 * `--devices FEWER,MORE`, `--publishers N`, `--settle S` and `--seconds S` change the sizes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { requireProgram } from '../../support/interop.ts';
import { machine } from '../report.ts';
import { casesOf, makeFleets, PLAN, type Plan, type Run, runRound } from './cases.ts';
import { compileLibmosquitto, emuContenders, libmosquitto, mqttJs } from './contenders.ts';
import { costFigures, YIELD_FIGURES } from './figures.ts';
import { setStage } from './stage.ts';
import { rowsOf, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    workers: { type: 'string' },
    libmosquitto: { type: 'boolean', default: false },
    devices: { type: 'string' },
    publishers: { type: 'string' },
    settle: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
  },
});
const number = (text: string | undefined, otherwise: number) => (text === undefined ? otherwise : Number(text));
const rounds = number(values.rounds, values.quick ? 1 : 5);
const [fewer = 0, more = 0] = values.devices?.split(',').map(Number) ?? PLAN.devices;
const plan: Plan = {
  ...PLAN,
  devices: [fewer, more],
  publishers: number(values.publishers, PLAN.publishers),
  settleSeconds: number(values.settle, PLAN.settleSeconds),
  seconds: number(values.seconds, values.quick ? 5 : PLAN.seconds),
};

const mosquitto = requireProgram('mosquitto', ['-h']);
if (mosquitto === undefined) process.exit(1);
const cases = casesOf(plan).filter(({ group }) => values.only === undefined || values.only === group);

const runs: Run[] = [];
const load: number[] = [loadavg()[0] ?? 0];
const stage = await setStage(mosquitto, Math.max(more, plan.publishers));
const contenders = [mqttJs, ...emuContenders(values.workers?.split(',').map(Number))];
try {
  if (values.libmosquitto) contenders.splice(1, 0, libmosquitto(compileLibmosquitto(stage)));
  makeFleets(stage, cases);
  for (let round = 1; round <= rounds; round++) {
    for await (const run of runRound(round, stage, cases, contenders, plan)) {
      const { cpuMs } = run.connecting ?? run.steady ?? { cpuMs: 0 };
      console.error(
        `round ${round}: ${run.case}, ${run.count} devices, ${run.contender}: ${(cpuMs / 1000).toFixed(2)} s of CPU`,
      );
      runs.push(run);
    }
    load.push(loadavg()[0] ?? 0);
  }
} finally {
  stage.remove();
}

const names = contenders.map(({ name }) => name);
const facts = machine(mosquitto);
const figures = rowsOf(costFigures(plan), names, runs);
const yields = rowsOf(YIELD_FIGURES, names, runs);
console.log(`
${rounds} rounds in turn, medians (least–most); ratios round by round. ${facts.cores} cores ${facts.cpu}, node ${facts.node},
mosquitto ${facts.mosquitto}; load of the machine ${load.map((one) => one.toFixed(1)).join(', ')}.
Per connection and device: what ${more} devices cost beyond ${fewer}, whole process tree from start to end, firmware's full script,
connections held for ${plan.settleSeconds} s, no telemetry but the first. Per message: ${plan.publishers} devices, each every ${plan.intervalMs} ms, about 100 bytes, beyond
the same connections at rest.

${table(figures, names)}

${table(yields, names)}
`);
const dropped = runs.reduce((sum, { connecting }) => sum + (connecting?.listenDrops ?? 0), 0);
if (dropped > 0)
  console.log(`${dropped} connections had to come again, because mosquitto's accept queue of 100 was full.`);
if (values.out !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  const result = { date, machine: facts, load, rounds, plan, figures: [...figures, ...yields], runs };
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);
}
