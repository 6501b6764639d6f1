import { z } from 'zod';
import { profileParts, rule } from '../../device/index.ts';
import { bufferParts, esp32Parts, keepAliveParts, keepsAlive, requestParts, requestsFit } from '../../esp32/index.ts';
import { recordFits, recordParts } from './rules.ts';

const { milliseconds, text } = profileParts;

const keepAliveSeconds = z.number().int().min(0).max(65_535);
/** What stands in a user name between its separators. */
const namePart = text
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]*$/, 'expected visible ASCII characters')
  .regex(/^[^/&?]*$/, 'it stands in a user name between /, ? and &');

/** After attempt n the next follows in initialMs * 2^(n-1), maxMs at most, and up to jitterPercent later. */
const backoff = z
  .strictObject({ initialMs: milliseconds(100), maxMs: milliseconds(100), jitterPercent: z.number().min(0).max(100) })
  .refine(({ initialMs, maxMs }) => initialMs <= maxMs, { path: ['maxMs'], message: 'it is less than initialMs' });

/** The Azure IoT C SDK, of which the client of DPS and the one that tries the hub are parts. */
const sdk = z.strictObject({
  clientVersion: namePart,
  /** How long the TCP connection, and then the handshake, may take. */
  networkTimeoutMs: milliseconds(1),
  /** What follows a failure that another attempt may mend; without it a registration ends with its first failure. */
  backoff: z.union([z.literal('none'), backoff], 'expected none, or initialMs, maxMs and jitterPercent'),
});

/** Azure's Device Provisioning Service, and how its client asks it. */
const dps = z.strictObject({
  /** Which of the service's instances is meant. */
  idScope: namePart,
  apiVersion: namePart,
  /** Payload of a request: no byte, or the registration id as JSON. */
  requestBody: z.enum(['empty', 'registrationId']),
  /** 0 for none. */
  keepAliveSeconds,
  /** The client's loop: what arrives is handled with the next turn, what is decided in one turn is sent with the next. */
  loopMs: milliseconds(1),
  /** From one request to the next for the status of the registration, at the least. */
  pollMs: milliseconds(1),
  /** What an answer says of the time until the next request. */
  retryAfter: z.enum(['ignored', 'honoured']),
  /** How long an answer may take; 0 for ever. */
  answerTimeoutMs: milliseconds(),
});

/** The hub as the SDK speaks to it. */
const hub = z.strictObject({
  apiVersion: namePart,
  /** Who it says it is; it goes into the user name percent-encoded. */
  clientType: text
    .min(1)
    .max(128)
    .regex(/^[\x20-\x7e]*$/, 'expected ASCII characters'),
  keepAliveSeconds,
  connackTimeoutMs: milliseconds(1),
  /** A message that is not acknowledged is sent again after so long, `sends` times in all. */
  resend: z.strictObject({ afterMs: milliseconds(1), sends: z.number().int().min(1).max(100) }),
});

/** How a factory-fresh device tries its hub before it records it. */
const trial = z.strictObject({
  messages: z.number().int().min(1).max(100),
  /** From one message to the next. */
  gapMs: milliseconds(),
  /** From DISCONNECT to the end of the connection. */
  leaveMs: milliseconds(),
});

/** Slot 8: where the record has the serial number, 20 bytes, and the hub's host name, 48 bytes. */
const record = z.strictObject({ serialNumber: recordParts.offset, hubName: recordParts.offset });

const clientSettings = z.strictObject({
  /** In the user name of the telemetry. */
  apiVersion: namePart,
  ...esp32Parts.clientSettings.shape,
});

const requests = z.object({ mqtt: z.object(bufferParts), ...requestParts });

/** As long as every serial number. */
const SERIAL_NUMBER = '0123456789abcdefee';

export const azureDpsProfile = z
  .strictObject({
    ...profileParts.head,
    firmware: z.literal('azure-dps'),
    chip: profileParts.chip,
    certificates: profileParts.certificates,
    tls: profileParts.tls,
    sdk,
    dps,
    hub,
    trial,
    record,
    /** What publishes the telemetry. azure-sdk also keeps a device twin and answers direct methods. */
    telemetryClient: z.enum(['esp-mqtt', 'azure-sdk']),
    mqtt: clientSettings.check(rule(keepAliveParts, keepsAlive)),
    script: esp32Parts.script,
    telemetry: esp32Parts.telemetry,
    sensor: esp32Parts.sensor,
  })
  .check(
    rule(requests, (parts, context) => requestsFit(parts, SERIAL_NUMBER, context)),
    rule(recordParts.settings, recordFits),
  );

export type AzureDpsProfile = z.output<typeof azureDpsProfile>;
export type Backoff = z.output<typeof backoff>;
