import { rootCertificates } from 'node:tls';
import { sleep } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { Device } from '../../emulator/device/index.ts';
import { firmwareOf } from '../../emulator/firmware/index.ts';
import { realClock } from '../base/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import { scheduleArrivals } from './arrivals.ts';
import { openBroker } from './broker.ts';
import { FleetDevice } from './fleet-device.ts';
import type { FleetRunOptions } from './observer.ts';
import type { RunPlan } from './plan.ts';
import { type FleetProbe, probeAccess } from './probe-access.ts';
import { openDevices, type RunDevices } from './run-devices.ts';
import { tcpDial } from './tcp.ts';

/** How long close_notify and FIN get to leave when the run ends. */
const CLOSING_MS = 250;

/**
 * Makes or opens the fleet, lets its devices arrive at the planned rate and keeps them for the planned time. Resolves when
 * every device is closed; rejects when there can be no fleet, when the embedded broker dies, or when a kept chip's memory
 * cannot be written.
 */
export async function runFleet(plan: RunPlan, options: FleetRunOptions): Promise<void> {
  const fleet = await openDevices(plan, options);
  try {
    if (!options.signal.aborted) await runDevices(fleet, plan, options);
  } finally {
    await fleet.close();
  }
}

async function runDevices(fleet: RunDevices, plan: RunPlan, options: FleetRunOptions): Promise<void> {
  const { metrics, signal, onPhase } = options;
  const { profile } = plan;
  const firmware = firmwareOf(profile);
  const broker = await openBroker(plan, fleet.authority, fleet.rng.fork('broker'));
  const devices: Device[] = [];
  let probe: FleetProbe | undefined;
  try {
    if (signal.aborted) return;
    onPhase?.({ phase: 'broker', broker: broker.address, embedded: plan.broker === 'embedded' });
    const build = firmware.fleet(profile, {
      broker: broker.address,
      dial: tcpDial({ sent: (n) => metrics.bytesSent(n), received: (n) => metrics.bytesReceived(n) }, options.wire),
      trusted: broker.trusted === 'system' ? rootCertificates : broker.trusted,
      definitions: fleet.definitions,
      clock: realClock,
      pace: plan.pace,
      crypto: nodeCrypto,
      rng: fleet.rng,
      parts: fleet.parts,
      intervalMs: plan.intervalMs,
      keyLog: options.wire && ((line) => options.wire?.secret(line)),
    });
    const { keeper } = fleet;
    const traffic = firmware.traffic(profile);
    const ownTopicOf = (made: ProvisionedDevice) => traffic.ownTopic(firmware.clientId(profile, made));
    if (traffic.ownTopic('') === undefined) metrics.echoNotMeasurable();

    probe = await options.probe?.(probeAccess(fleet, broker));
    if (signal.aborted) return;
    onPhase?.({ phase: 'arriving' });
    const stopArrivals = scheduleArrivals(
      realClock,
      plan.count,
      plan.rate,
      (k, scheduledAt) => {
        const made = fleet.devices[k] as ProvisionedDevice;
        const tap = options.tap?.(k);
        const surroundings = { clock: realClock, metrics, probe };
        const observer = new FleetDevice(k, scheduledAt, ownTopicOf(made), surroundings, tap);
        const unit = { ...made, durable: keeper?.durableFor(made.serialNumber) };
        const device = build(unit, (event) => observer.observe(event), tap);
        devices.push(device);
        metrics.arrived(k);
        device.boot();
      },
      () => onPhase?.({ phase: 'arrived' }),
    );
    try {
      await Promise.race([
        sleepUnless(signal, plan.durationMs),
        broker.died,
        ...(fleet.keeper ? [fleet.keeper.failed] : []),
      ]);
    } finally {
      stopArrivals();
      for (const { chipCommands } of devices) metrics.chipCommands(chipCommands);
      onPhase?.({ phase: 'closing' });
      for (const device of devices) device.stop();
    }
    await sleep(realClock, CLOSING_MS);
  } finally {
    await probe?.finish();
    await broker.stop();
  }
}

/** Resolves after `ms`, or as soon as the signal is aborted. */
function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = realClock.alarm(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
}
