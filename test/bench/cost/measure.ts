import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerCounter, observeBroker } from './broker-counter.ts';
import { withClient } from './client-run.ts';
import type { Contender, OwnAccount } from './contenders.ts';
import type { Load } from './load.ts';
import { listenDrops } from './process-meter.ts';
import type { Stage } from './stage.ts';

/** What it took to connect all devices. */
export interface Connecting extends OwnAccount {
  /** From the first TCP connection to the last CONNECT accepted, by mosquitto's log. */
  readonly connectMs: number;
  /** CPU time of the client's process tree from its start to its end, `settleSeconds` after all had connected. */
  readonly cpuMs: number;
  /** Resident set of the process tree, just before the end. */
  readonly rssBytes: number;
  readonly brokerCpuMs: number;
  /** Connections refused meanwhile because an accept queue was full, on the whole machine: each comes back a second later. */
  readonly listenDrops: number;
}

/**
 * `settleSeconds` is how long all stay connected: time for the last SUBACK and what follows it, and for heaps to come to
 * rest.
 */
export function measureConnecting(
  stage: Stage,
  contender: Contender,
  load: Load,
  settleSeconds: number,
): Promise<Connecting> {
  return withClient(stage, contender, load, async (run) => {
    const [brokerBefore, dropsBefore] = [run.brokerCpuMs(), listenDrops()];
    const connectMs = await run.connectAll();
    await run.during(delay(settleSeconds * 1000));
    const { rssBytes } = run.use();
    const brokerCpuMs = run.brokerCpuMs() - brokerBefore;
    const ended = await run.end();
    return { connectMs, rssBytes, brokerCpuMs, listenDrops: listenDrops() - dropsBefore, ...ended };
  });
}

/** What a span of steady publishing took, or of the same connections at rest. */
export interface Steady {
  readonly seconds: number;
  /** CPU time of the client's process tree in the span. */
  readonly cpuMs: number;
  readonly brokerCpuMs: number;
  /** PUBLISH packets that mosquitto counted in the span. */
  readonly messages: number;
}

/** mosquitto publishes no counter that does not change. */
const AT_REST: BrokerCounter = { next: () => delay(200, 0), close() {} };

/** The span begins `settleSeconds` after all have connected, when code is compiled, and lasts about `seconds`. */
export function measureSteady(
  stage: Stage,
  contender: Contender,
  load: Load,
  { settleSeconds, seconds }: { settleSeconds: number; seconds: number },
): Promise<Steady> {
  return withClient(stage, contender, load, async (run) => {
    const counter = load.publish === undefined ? AT_REST : await observeBroker(stage, run.broker.port);
    const look = async () => {
      const messages = await run.during(counter.next());
      return { at: performance.now(), messages, cpuMs: run.use().cpuMs, brokerCpuMs: run.brokerCpuMs() };
    };
    try {
      await run.connectAll();
      await run.during(delay(settleSeconds * 1000));
      const from = await look();
      let to = from;
      while (to.at - from.at < seconds * 1000 - 500) to = await look();
      await run.end();
      return {
        seconds: (to.at - from.at) / 1000,
        cpuMs: to.cpuMs - from.cpuMs,
        brokerCpuMs: to.brokerCpuMs - from.brokerCpuMs,
        messages: to.messages - from.messages,
      };
    } finally {
      counter.close();
    }
  });
}
