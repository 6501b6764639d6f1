import { z } from 'zod';

/**
 * A device profile, format 1: everything that differs between two firmwares and nothing that code could derive.
 * No device code tests a profile's name. Times are milliseconds, sizes bytes, unless the key says otherwise.
 */

/** Up to a week: timers overflow at 24.8 days. */
const milliseconds = z.number().min(0).max(604_800_000);
const bytes = z.number().int().positive();
const slot = z.number().int().min(0).max(15);
const qos = z.literal([0, 1, 2]);
const i2cAddress = z.number().int().min(0x08).max(0x77);
/** The clock of an I2C bus in Hz, up to Fast-mode Plus. */
const busClockHz = z.number().int().min(10_000).max(1_000_000);
const distinguishedName = z.string().min(1).max(64);

/** `{clientId}` stands for the device's MQTT client id. MQTT's wildcards are for subscriptions alone [MQTT-3.3.2-2]. */
const topicFilter = z.string().min(1).max(1000);
const topicName = topicFilter.regex(/^[^+#]*$/, 'a topic to publish on has no wildcard (+ or #)');

/** Hexadecimal bytes, spaces and line ends between them allowed. */
function hexBytes(length: number) {
  return z.string().transform((text, context): Uint8Array => {
    const digits = text.replace(/\s+/g, '');
    if (!/^[0-9a-fA-F]*$/.test(digits) || digits.length !== 2 * length) {
      context.addIssue({ code: 'custom', message: `expected ${length} bytes in hexadecimal` });
      return z.NEVER;
    }
    return Uint8Array.from({ length }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  });
}

/** How a chip is personalised, and what the firmware takes for granted about it. */
const chip = z.strictObject({
  busClockHz,
  /** Configuration zone bytes 16..127 as written; the lock bytes 86 and 87 are never written. */
  configuration: hexBytes(112),
  /** Holds the key that signs in the handshake. */
  deviceKeySlot: slot,
  /** Slots whose keys are generated too, at every personalisation, though the firmware never uses them. */
  spareKeySlots: z.array(slot),
  ioProtectionSlot: slot,
  /** What personalisation writes to `ioProtectionSlot`; the firmware replaces it in every handshake. */
  ioProtectionKey: hexBytes(32),
});

/** Names in the certificates of a fleet: the root, the signer under it, the devices under that. */
const certificates = z.strictObject({
  organization: distinguishedName,
  rootCommonName: distinguishedName,
  signerCommonName: distinguishedName,
  /** Where the firmware takes a device's CN from at the rebuild: compiled into its template, or read from slot 8. */
  deviceCommonName: z.enum(['template', 'slot8']),
});

const tls = z.strictObject({
  /** The TLS library: which alert answers which mistake, and what is let pass. */
  library: z.enum(['mbedtls-2.16']),
  /** Offered in this order, by their IANA names. */
  cipherSuites: z
    .array(z.enum(['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']))
    .min(1),
  curves: z.array(z.enum(['secp256r1'])).min(1),
  /** Longest plaintext of a record, either way. */
  maxRecordBytes: bytes.max(16_384),
  serverName: z.boolean(),
  extendedMasterSecret: z.boolean(),
  /** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 3.3). */
  renegotiationScsv: z.boolean(),
  /** Whether the validity dates of the server's certificates count. */
  checkDates: z.boolean(),
});

const mqtt = z.strictObject({
  /** Followed by the last three bytes of the MAC address. */
  clientIdPrefix: z.string().max(17),
  keepAliveSeconds: z.number().int().min(1).max(65_535),
  cleanSession: z.boolean(),
  /** The input and the output buffer, each: the longest read and the longest packet. */
  bufferBytes: bytes.min(64).max(65_536),
  /** How long CONNACK, and the rest of a message that has begun, may take. */
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

/** Validates a profile as it stands in YAML; the output carries bytes where YAML has hexadecimal text. */
export const profileSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'a name has lower-case letters, digits and hyphens'),
  description: z.string().min(1),
  /** The device code that runs it. */
  firmware: z.enum(['esp32-mqtts']),
  chip,
  certificates,
  tls,
  mqtt,
  script,
  telemetry,
  sensor,
});

export type Profile = z.output<typeof profileSchema>;
/** One action of a `script`. */
export type ScriptStep = z.output<typeof step>;
