import { sleep } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { Esp32Mqtts, Esp32MqttsFirmware } from '../../emulator/firmware/index.ts';
import { clientIdFrom } from '../../emulator/mqtt/index.ts';
import { tlsPolicy } from '../../emulator/tls/index.ts';
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
import { assembleTwin } from './twin.ts';

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
  const policy = tlsPolicy(profile.tls);
  const broker = await openBroker(plan, fleet.authority, policy, fleet.rng.fork('broker'));
  const twins: Esp32Mqtts[] = [];
  let probe: FleetProbe | undefined;
  try {
    if (signal.aborted) return;
    onPhase?.({ phase: 'broker', broker: broker.address, embedded: plan.broker === 'embedded' });
    const firmware: Esp32MqttsFirmware = {
      profile,
      definitions: fleet.definitions,
      route: {
        ...broker.address,
        trust: broker.trust,
        policy,
        dial: tcpDial({ sent: (n) => metrics.bytesSent(n), received: (n) => metrics.bytesReceived(n) }, options.wire),
        keyLog: options.wire && ((line) => options.wire?.secret(line)),
        timeoutMs: profile.mqtt.networkTimeoutMs,
      },
      clock: realClock,
      crypto: nodeCrypto,
      intervalMs: plan.intervalMs,
    };
    const twinOptions = {
      firmware,
      rng: fleet.rng,
      parts: fleet.parts,
      keeper: fleet.keeper,
      clock: realClock,
      pace: plan.pace,
    };
    const ownTopicOf = ownTopics(plan);
    if (ownTopicOf === undefined) metrics.echoNotMeasurable();

    probe = await options.probe?.(probeAccess(fleet, broker));
    if (signal.aborted) return;
    onPhase?.({ phase: 'arriving' });
    const stopArrivals = scheduleArrivals(
      realClock,
      plan.count,
      plan.rate,
      (k, scheduledAt) => {
        const device = fleet.devices[k] as ProvisionedDevice;
        const tap = options.tap?.(k);
        const surroundings = { clock: realClock, metrics, probe };
        const events = new FleetDevice(k, scheduledAt, ownTopicOf?.(device), surroundings, tap);
        const twin = assembleTwin(device, twinOptions, events, tap);
        twins.push(twin);
        metrics.arrived(k);
        twin.boot();
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
      for (const twin of twins) metrics.chipCommands(twin.chipCommands);
      onPhase?.({ phase: 'closing' });
      for (const twin of twins) twin.stop();
    }
    await sleep(realClock, CLOSING_MS);
  } finally {
    await probe?.finish();
    await broker.stop();
  }
}

/** The topic that a device shares with no other, where the profile gives it one. */
function ownTopics({ profile }: RunPlan): ((device: ProvisionedDevice) => string) | undefined {
  const { topic } = profile.telemetry;
  if (!topic.includes('{clientId}')) return undefined;
  return ({ macTail }) => topic.replaceAll('{clientId}', clientIdFrom(macTail, profile.mqtt.clientIdPrefix));
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
