/**
 * `node cost.js [--rounds K] [--quick] [--only connecting|publishing] [--workers 1,2] [--libmosquitto] [--out FILE]`
 *
 * What connections, memory and messages cost the client: `emu run` on a persistent fleet beside MQTT.js over node:tls, in turn,
 * each with a certificate of its own for every device, against a fresh mosquitto for each run. Both speak TLS 1.2 and arrive
 * open-loop. It reports and never fails on a figure.
 *
 * `--devices FEWER,MORE`, `--publishers N`, `--settle S` and `--seconds S` change the sizes.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { requireProgram } from '../../support/interop.ts';
import { writeResult } from '../result.ts';
import { casesOf, makeFleets, PLAN, type Plan, type Run, runRound } from './cases.ts';
import { compileLibmosquitto, emuContenders, libmosquitto, mqttJs } from './contenders.ts';
import { figuresOf, report } from './report.ts';
import { setStage } from './stage.ts';

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

// An exit, unlike a signal's, ends what runs and removes what was written.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const runs: Run[] = [];
const load: number[] = [loadavg()[0] ?? 0];
const stage = await setStage(mosquitto, Math.max(more, plan.publishers));
const contenders = [mqttJs, ...emuContenders(values.workers?.split(',').map(Number))];
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

const names = contenders.map(({ name }) => name);
const { brokerVersion } = stage;
console.log(report({ plan, rounds, load, brokerVersion, names, runs }));
writeResult(values.out, { brokerVersion, plan, rounds, load, figures: figuresOf(plan, names, runs), runs });
