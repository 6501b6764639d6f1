import { z } from 'zod';
import { profileParts } from '../device/index.ts';
import { reconnectGap } from '../mqtt/index.ts';

const { busClockHz, bytes, milliseconds, qos, text, topicFilter, topicName } = profileParts;

/** From a lost connection to the next attempt at the least: a firmware that dials more than ten times a second floods its broker. */
const SHORTEST_GAP_MS = 100;

/** After a lost connection the client sleeps in steps of `stepMs` until `waitMs` have passed, and then one more. */
const reconnect = z.strictObject({ waitMs: milliseconds(), stepMs: milliseconds(1) }).superRefine((policy, context) => {
  const gapMs = reconnectGap(policy);
  if (gapMs >= SHORTEST_GAP_MS) return;
  const message = `a device that is refused would dial again after ${gapMs} ms; ${SHORTEST_GAP_MS} ms is the least`;
  context.addIssue({ code: 'custom', message });
});

/** Of the MQTT client, an early esp-mqtt. */
export const clientSettings = z.strictObject({
  keepAliveSeconds: z.number().int().min(1).max(65_535),
  cleanSession: z.boolean(),
  /** The input and the output buffer, each: the longest read and the longest packet. */
  bufferBytes: bytes.min(64).max(65_536),
  /** How long CONNACK may take, the rest of a message that has begun, and a write until the broker takes it. */
  networkTimeoutMs: milliseconds(1),
  /** How long one read waits: the step in which the client notices that time has passed. */
  readPollMs: milliseconds(1),
  outbox: z.strictObject({ maxBytes: bytes, expiryMs: milliseconds() }),
  reconnect,
});

const step = z.union(
  [
    z.strictObject({ subscribe: z.strictObject({ topic: topicFilter, qos }) }),
    z.strictObject({ unsubscribe: z.strictObject({ topic: topicFilter }) }),
    z.strictObject({ publish: z.strictObject({ topic: topicName, payload: text, qos }) }),
  ],
  'expected subscribe, unsubscribe or publish',
);

/** What is done on SUBACK asks for none itself. */
const afterSubscribing = z.array(step).superRefine((steps, context) => {
  for (const [index, each] of steps.entries()) {
    if (!('subscribe' in each)) continue;
    const message = 'a subscribe here never ends: its SUBACK leads here again';
    context.addIssue({ code: 'custom', path: [index, 'subscribe'], message });
  }
});

/** What the application does on its client's events, in order, without waiting for answers. */
export const script = z.strictObject({ onConnected: z.array(step), onSubscribed: afterSubscribing });

export const telemetry = z.strictObject({
  topic: topicName,
  qos,
  /** C's format string; its three conversions take °C, hPa and %RH, as doubles. */
  payload: text.refine(
    (format) => /^(?:[^%]*%(?:\.\d)?f){3}[^%]*$/.test(format),
    'expected exactly three conversions, %f or %.Nf',
  ),
  /** From the top of the loop to the reading of the sensor. */
  settleMs: milliseconds(),
  /** From the publish to the top of the loop. */
  periodMs: milliseconds(1),
});

/** BME280 data sheet, 6.2: the pin SDO says which. */
export const sensor = z.strictObject({ busClockHz, address: z.literal([0x76, 0x77], 'a BME280 is at 0x76 or 0x77') });

export type ClientSettings = z.output<typeof clientSettings>;
/** One action of a `script`. */
export type ScriptStep = z.output<typeof step>;
export type Script = z.output<typeof script>;
export type TelemetrySettings = z.output<typeof telemetry>;
export type SensorSettings = z.output<typeof sensor>;
