import { z } from 'zod';
import { profileParts } from '../../device/index.ts';

const { busClockHz, bytes, i2cAddress, milliseconds, qos, topicFilter, topicName } = profileParts;

const mqtt = z.strictObject({
  /** Followed by the last three bytes of the MAC address. */
  clientIdPrefix: z.string().max(17),
  keepAliveSeconds: z.number().int().min(1).max(65_535),
  cleanSession: z.boolean(),
  /** The input and the output buffer, each: the longest read and the longest packet. */
  bufferBytes: bytes.min(64).max(65_536),
  /** How long CONNACK may take, the rest of a message that has begun, and a write until the broker takes it. */
  networkTimeoutMs: milliseconds,
  /** How long one read waits: the step in which the client notices that time has passed. */
  readPollMs: milliseconds.min(1),
  outbox: z.strictObject({ maxBytes: bytes, expiryMs: milliseconds }),
  /** After a lost connection the client sleeps in steps of `stepMs` until `waitMs` have passed, and then one more. */
  reconnect: z.strictObject({ waitMs: milliseconds, stepMs: milliseconds.min(1) }),
});

const step = z.union(
  [
    z.strictObject({ subscribe: z.strictObject({ topic: topicFilter, qos }) }),
    z.strictObject({ unsubscribe: z.strictObject({ topic: topicFilter }) }),
    z.strictObject({ publish: z.strictObject({ topic: topicName, payload: z.string(), qos }) }),
  ],
  'expected subscribe, unsubscribe or publish',
);

/** What the application does on its client's events, in order, without waiting for answers. */
const script = z.strictObject({ onConnected: z.array(step), onSubscribed: z.array(step) });

const telemetry = z.strictObject({
  topic: topicName,
  qos,
  /** C's format string; its three conversions take °C, hPa and %RH, as doubles. */
  payload: z
    .string()
    .refine((text) => /^(?:[^%]*%(?:\.\d)?f){3}[^%]*$/.test(text), 'expected exactly three conversions, %f or %.Nf'),
  /** From the top of the loop to the reading of the sensor. */
  settleMs: milliseconds,
  /** From the publish to the top of the loop. */
  periodMs: milliseconds.min(1),
});

const sensor = z.strictObject({ busClockHz, address: i2cAddress });

export const esp32MqttsProfile = z.strictObject({
  ...profileParts.head,
  firmware: z.literal('esp32-mqtts'),
  chip: profileParts.chip,
  certificates: profileParts.certificates,
  tls: profileParts.tls,
  mqtt,
  script,
  telemetry,
  sensor,
});

export type Esp32MqttsProfile = z.output<typeof esp32MqttsProfile>;
/** One action of a `script`. */
export type ScriptStep = z.output<typeof step>;
