import { z } from 'zod';
import { isRegistrationId, PROVISIONING_STATUS, REPROVISIONING } from '../dps/index.ts';
import { isDeviceId } from '../hub/index.ts';
import { ALLOCATIONS } from '../options.ts';

/** Names of CAs and groups: what a URL and a log can hold. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'letters, digits, . _ and -, at most 128');
const registrationId = z.string().refine(isRegistrationId, 'not a registration id');
const deviceId = z.string().refine(isDeviceId, 'not a device id');
/** SHA-1 or SHA-256 in hexadecimal, with or without colons. */
const thumbprint = z
  .string()
  .transform((text) => text.replaceAll(':', '').toUpperCase())
  .refine((text) => /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(text), 'not a SHA-1 or SHA-256 thumbprint');
const thumbprints = z.array(thumbprint).min(1).max(4);
const status = z.enum(PROVISIONING_STATUS);

const policy = {
  provisioningStatus: status.default('enabled'),
  allocationPolicy: z.enum(ALLOCATIONS).optional(),
  iotHubs: z.array(z.string().min(1)).min(1).optional(),
  reprovisionPolicy: z.enum(REPROVISIONING).default('migrate'),
};

export const namedSchema = z.strictObject({ name });
export const certificateSchema = z.strictObject({ certificatePem: z.string() });
export const groupSchema = z.strictObject({ enrollmentGroupId: name, certificate: name, ...policy });
export const individualSchema = z.strictObject({
  registrationId,
  thumbprints,
  deviceId: deviceId.optional(),
  ...policy,
});

export const deviceSchema = z.strictObject({
  deviceId,
  status: status.default('enabled'),
  authentication: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('selfSigned'), thumbprints }),
    z.strictObject({ type: z.literal('certificateAuthority') }),
  ]),
});

export const twinPatchSchema = z.strictObject({
  tags: z.unknown().optional(),
  properties: z.strictObject({ desired: z.unknown() }).optional(),
});

export const messageSchema = z.strictObject({
  body: z.string(),
  messageId: z.string().min(1).max(128).optional(),
  properties: z.record(z.string().min(1).max(256), z.string().max(1024).nullable()).default({}),
});

const MOST_SECONDS = 300;

export const methodSchema = z.strictObject({
  methodName: z.string().min(1).max(64),
  payload: z.unknown().default(null),
  responseTimeoutInSeconds: z.number().positive().max(MOST_SECONDS).default(30),
  connectTimeoutInSeconds: z.number().min(0).max(MOST_SECONDS).default(0),
});
