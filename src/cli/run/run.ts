import { formatDevices } from '../../base/index.ts';
import { RunMetrics } from '../../metrics/index.ts';
import {
  formatBroker,
  isLive,
  liveView,
  OutputDirectory,
  Progress,
  painter,
  plainView,
  quietView,
  type RunReport,
  summaryText,
  timedView,
} from '../../report/index.ts';
import { type RunPlan, runFleet } from '../../run/index.ts';
import type { Verbosity } from '../command/index.ts';
import { EXIT, printError, reportError } from '../errors/index.ts';
import { type Io, onInterrupt } from '../io/index.ts';
import { requireLimits } from '../limits/index.ts';
import { packageVersion } from '../version.ts';
import { notices } from './notices.ts';
import type { RunRequest } from './run-request.ts';
import { Watch } from './watch.ts';

const SUMMARY = 'summary.json';

/** `emu run`: makes a fleet, runs it, reports. Resolves to the exit code. */
export async function run(request: RunRequest, verbosity: Verbosity, io: Io): Promise<number> {
  const warnings = await requireLimits(request.plan);
  const directory = request.out === undefined ? undefined : new OutputDirectory(request.out, SUMMARY);
  try {
    return await runInto(directory, request, warnings, verbosity, io);
  } catch (error) {
    directory?.discard();
    throw error;
  }
}

async function runInto(
  directory: OutputDirectory | undefined,
  { plan, json, watch: watchRequest }: RunRequest,
  warnings: readonly string[],
  { quiet, verbose }: Verbosity,
  io: Io,
): Promise<number> {
  const output = json ? io.stderr : io.stdout;
  const paint = painter(output, io.environment);
  const metrics = new RunMetrics(plan.count, plan.workers);
  const view = isLive(output, io.environment) ? liveView(output) : plainView(output);
  const chosenView = quiet ? quietView : verbose ? timedView(view) : view;
  const progress = new Progress(metrics, chosenView, paint, verbose, {
    starved: () => watch.brokerStarved,
    deliveries: () => watch.deliveries,
  });
  const watch = new Watch(watchRequest, plan, {
    // Asked for, so that --quiet does not silence it; its lines carry the device's time.
    console: (line) => view.note(line),
    warn: (line) => progress.note(line),
    directory,
  });
  // Whoever reads the first line may answer it with Ctrl-C.
  const interrupt = onInterrupt(io, () =>
    progress.note('interrupted: closing the devices; interrupt again to stop at once'),
  );
  for (const line of [...notices(plan), ...warnings]) progress.note(line);

  const started = new Date();
  let firstArrivalAt: number | undefined;
  let endedAt: number | undefined;
  let failure: unknown;
  try {
    await runFleet(plan, {
      metrics,
      signal: interrupt.signal,
      records: watch.records,
      probe: watch.probe,
      onPhase(now) {
        if (now.phase === 'broker' && now.pid !== undefined) watch.embeddedBroker(now.pid);
        if (now.phase === 'arriving') {
          firstArrivalAt = performance.now();
          metrics.startClock();
          watch.begin();
        }
        if (now.phase === 'closing') {
          endedAt = performance.now();
          metrics.stopClock();
          watch.end();
        }
        progress.phase(now);
      },
    });
  } catch (error) {
    // What was measured until then is still worth printing.
    if (firstArrivalAt === undefined) throw error;
    failure = error;
  } finally {
    watch.close();
    progress.end();
    interrupt.release();
  }

  const report: RunReport = {
    ...metrics.summary(),
    ...(watch.report && { probe: watch.report }),
    ...(watch.broker && { broker: watch.broker }),
    run: {
      profile: plan.profileName,
      broker: plan.broker === 'embedded' ? null : formatBroker(plan.broker),
      rate: plan.rate,
      pace: plan.pace,
      started: started.toISOString(),
      duration_ms: firstArrivalAt === undefined ? 0 : Math.round((endedAt ?? performance.now()) - firstArrivalAt),
      interrupted: interrupt.signal.aborted,
      emu: packageVersion(),
    },
  };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  // What the run said until now, and its devices' console, stand before the summary.
  const before = quiet && watchRequest.console === undefined ? '' : '\n';
  io.stdout.write(json ? text : `${before}${summaryText(report, paint)}`);
  const path = directory?.write(SUMMARY, text);
  if (path !== undefined && !json) io.stdout.write(`\n${path}\n`);
  if (failure !== undefined) return reportError(io, failure);
  const code = verdict(report, plan, io);
  return code === EXIT.ok && watch.failure !== undefined ? reportError(io, watch.failure) : code;
}

/** What a run that ended by itself or was interrupted exits with, after a line on what it fell short of. */
function verdict(report: RunReport, plan: RunPlan, io: Io): number {
  const { connected, failed, arrived, connected_at_end } = report.devices;
  if (report.run.interrupted) return EXIT.interrupted;
  if (arrived > 0 && report.tcp_ms.count === 0) {
    const embedded = `the embedded ${plan.cloud === undefined ? 'broker' : 'cloud'}`;
    const broker = plan.broker === 'embedded' ? embedded : formatBroker(plan.broker);
    printError(io, `no TCP connection was ever accepted by ${broker}`);
    return EXIT.unreachable;
  }
  const { ended, count: workers } = report.workers;
  if (ended.length > 0) {
    const which = ended.map(({ worker, reason }) => `worker ${worker} (${reason})`).join(', ');
    printError(io, `${ended.length} of ${workers} workers ended before the run: ${which}`);
    return EXIT.failed;
  }
  if (failed > 0) {
    printError(
      io,
      `${failed} of ${formatDevices(arrived)} never connected${connected === 0 ? '' : `, ${connected} did`}`,
    );
    return EXIT.failed;
  }
  if (connected_at_end < connected) {
    const away = connected - connected_at_end;
    printError(io, `${away} of ${formatDevices(connected)} ${away === 1 ? 'was' : 'were'} not connected at the end`);
    return EXIT.failed;
  }
  return EXIT.ok;
}
