import { firmwareOf } from '../../../emulator/firmware/index.ts';
import { formatDevices, formatDuration } from '../../base/index.ts';
import { type FirmwarePhase, type FirmwareReport, runFirmware } from '../../firmware-run/index.ts';
import { formatBroker, type Paint, painter } from '../../report/index.ts';
import type { RunPlan } from '../../run/index.ts';
import { type Arguments, textOf, verbosity } from '../command/index.ts';
import { EXIT, printError } from '../errors/index.ts';
import { type Io, onInterrupt } from '../io/index.ts';
import { runRequest } from '../run/index.ts';
import { packageVersion } from '../version.ts';
import { parseConsole, parseFirmwareCount } from './run-command.ts';

/** Failures that are shown one by one. */
const SHOWN = 10;

/** `emu firmware run`. Resolves to the exit code. */
export async function firmwareRun(args: Arguments, io: Io): Promise<number> {
  const count = parseFirmwareCount(textOf(args, 'count') ?? '1');
  const shown = parseConsole(textOf(args, 'console') ?? 'all', count);
  const { plan, json } = await runRequest({ ...args, count, console: undefined });
  const { quiet } = verbosity(args);
  const output = json ? io.stderr : io.stdout;
  const paint = painter(output, io.environment);
  const note = (line: string) => {
    if (!quiet) output.write(`${line}\n`);
  };
  const interrupt = onInterrupt(io, () => note('interrupted: the devices end'));
  note(
    `${formatDevices(plan.count)} of ${plan.profileName}, firmware in C, against ${nameOf(plan)}, for ${formatDuration(plan.durationMs)}`,
  );
  for (const line of warnings(plan)) note(line);
  const margin = String(plan.count - 1).length;
  let began: number | undefined;
  try {
    const report = await runFirmware(plan, {
      environment: io.environment,
      signal: interrupt.signal,
      onPhase(phase) {
        if (phase.phase === 'running') began = performance.now();
        const line = phaseText(phase);
        if (line !== undefined) note(line);
      },
      onLine(device, line) {
        if (shown === device) output.write(`${line}\n`);
        else if (shown === 'all') {
          output.write(
            plan.count === 1 ? `${line}\n` : `${paint('dim', `${String(device).padStart(margin)}|`)} ${line}\n`,
          );
        }
      },
      onFailure: ({ device, step, reason }) => note(paint('red', `device ${device}, ${step}: ${reason}`)),
    });
    const durationMs = began === undefined ? 0 : Math.round(performance.now() - began);
    const interrupted = interrupt.signal.aborted;
    io.stdout.write(json ? machineText(report, plan, durationMs, interrupted) : personText(report, durationMs, paint));
    return verdict(report, plan, interrupted, io);
  } finally {
    interrupt.release();
  }
}

function warnings({ seed, broker, ca }: RunPlan): string[] {
  return [
    ...(seed === undefined ? [] : ['note: the keys come from --seed: for tests only']),
    ...(broker === 'embedded' || ca !== undefined
      ? []
      : [
          "note: without --ca-cert the devices' root exists for this run only, and a broker that checks its clients refuses them",
        ]),
  ];
}

function nameOf({ broker, profile }: RunPlan): string {
  if (broker !== 'embedded') return formatBroker(broker);
  return firmwareOf(profile).service(profile) === 'azure' ? 'an embedded cloud' : 'an embedded broker';
}

function phaseText(phase: FirmwarePhase): string | undefined {
  switch (phase.phase) {
    case 'building':
      return 'building the firmware';
    case 'provisioning':
      return phase.provisioned < phase.of ? undefined : `${formatDevices(phase.of)} provisioned`;
    case 'broker':
      return phase.embedded ? `listening on ${formatBroker(phase.broker)}` : undefined;
    case 'running':
      return undefined;
  }
}

function machineText(report: FirmwareReport, plan: RunPlan, durationMs: number, interrupted: boolean): string {
  const run = {
    profile: plan.profileName,
    broker: plan.broker === 'embedded' ? null : formatBroker(plan.broker),
    pace: plan.pace,
    duration_ms: durationMs,
    interrupted,
    emu: packageVersion(),
  };
  return `${JSON.stringify({ schema: 'emu-firmware-run/1', run, ...report }, null, 2)}\n`;
}

function personText(report: FirmwareReport, durationMs: number, paint: Paint): string {
  const { devices, connections, messages, failures } = report;
  const of = (count: number) => `${count} of ${devices.count}`;
  const rows: [string, string][] = [
    ['provisioned', of(devices.provisioned)],
    ...(devices.registered === null ? [] : [['registered', of(devices.registered)] as [string, string]]),
    ['connected', `${of(devices.connected)}, ${devices.connected_at_end} at the end, ${connections} connections`],
    ['published', `${messages.published} messages in ${formatDuration(durationMs)}, ${messages.not_sent} not sent`],
  ];
  const shown = failures.slice(0, SHOWN).map(({ device, step, reason, exit_code }) => {
    const code = exit_code === null ? '' : ` (exit code ${exit_code})`;
    return paint('red', `device ${device}, ${step}${code}: ${reason}`);
  });
  const more = failures.length > SHOWN ? [`and ${failures.length - SHOWN} more`] : [];
  return ['', ...rows.map(([name, text]) => `${paint('bold', name.padEnd(12))} ${text}`), ...shown, ...more, ''].join(
    '\n',
  );
}

/** What the run exits with, after a line on what it fell short of. */
function verdict({ devices, reachable }: FirmwareReport, plan: RunPlan, interrupted: boolean, io: Io): number {
  if (interrupted) return EXIT.interrupted;
  if (!reachable) {
    printError(io, `no TCP connection was accepted by ${nameOf(plan)}`);
    return EXIT.unreachable;
  }
  if (devices.connected_at_end === devices.count) return EXIT.ok;
  printError(io, `${devices.connected_at_end} of ${formatDevices(devices.count)} connected at the end`);
  return EXIT.failed;
}
