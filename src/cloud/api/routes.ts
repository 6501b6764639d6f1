import type { z } from 'zod';
import { registrationState } from '../dps/index.ts';
import type { Hub } from '../hub/index.ts';
import { PortalRefusal } from '../refusal.ts';
import type { CloudParts } from './parts.ts';
import { certificateIn } from './pem.ts';
import {
  certificateSchema,
  deviceSchema,
  groupSchema,
  individualSchema,
  messageSchema,
  methodSchema,
  namedSchema,
  twinPatchSchema,
} from './schemas.ts';
import { cloudView, deviceView, twinView } from './views.ts';

export type HttpMethod = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/** What one call is asked: the variable parts of its path in order, and its body. */
export interface Call {
  readonly names: readonly string[];
  readonly body: unknown;
}

export type Handler = (call: Call, parts: CloudParts) => unknown;

/** One path of the API, its variable parts as `:name`. */
export interface Route {
  readonly path: string;
  readonly methods: Partial<Record<HttpMethod, Handler>>;
}

export const ROUTES: readonly Route[] = [
  { path: '/', methods: { GET: (_call, parts) => cloudView(parts) } },
  { path: '/certificates', methods: { GET: (_call, { authorities }) => authorities.list() } },
  {
    path: '/certificates/:name',
    methods: {
      GET: ({ names: [name = ''] }, { authorities }) => authorities.get(name),
      PUT({ names: [given], body }, { authorities }) {
        const { name } = valid(namedSchema, { name: given });
        return authorities.upload(name, valid(certificateSchema, body).certificatePem, false);
      },
      DELETE({ names: [name = ''] }, { authorities, enrollments }) {
        const group = enrollments.groupOf(name);
        if (group !== undefined) throw new PortalRefusal(409, `group ${group.enrollmentGroupId} uses ${name}`);
        authorities.remove(name);
      },
    },
  },
  {
    path: '/certificates/:name/verify',
    methods: {
      POST: ({ names: [name = ''], body }, { authorities }) =>
        authorities.verify(name, valid(certificateSchema, body).certificatePem),
    },
  },
  { path: '/enrollmentGroups', methods: { GET: (_call, { enrollments }) => enrollments.groups() } },
  {
    path: '/enrollmentGroups/:id',
    methods: {
      GET: ({ names: [id = ''] }, { enrollments }) => enrollments.group(id),
      PUT: ({ names: [enrollmentGroupId], body }, { enrollments }) =>
        enrollments.putGroup(valid(groupSchema, { ...fields(body), enrollmentGroupId })),
      PATCH({ names: [id = ''], body }, { enrollments }) {
        const { createdDateTimeUtc, lastUpdatedDateTimeUtc, etag, ...before } = enrollments.group(id);
        return enrollments.putGroup(valid(groupSchema, { ...before, ...fields(body), enrollmentGroupId: id }));
      },
      DELETE: ({ names: [id = ''] }, { enrollments }) => enrollments.removeGroup(id),
    },
  },
  { path: '/enrollments', methods: { GET: (_call, { enrollments }) => enrollments.individuals() } },
  {
    path: '/enrollments/:registrationId',
    methods: {
      GET: ({ names: [id = ''] }, { enrollments }) => enrollments.individual(id),
      PUT: ({ names: [registrationId], body }, { enrollments }) =>
        enrollments.putIndividual(valid(individualSchema, { ...certified(body), registrationId })),
      PATCH({ names: [id = ''], body }, { enrollments }) {
        const { createdDateTimeUtc, lastUpdatedDateTimeUtc, etag, ...before } = enrollments.individual(id);
        const { registrationId } = before;
        return enrollments.putIndividual(valid(individualSchema, { ...before, ...certified(body), registrationId }));
      },
      DELETE: ({ names: [id = ''] }, { enrollments }) => enrollments.removeIndividual(id),
    },
  },
  { path: '/registrations', methods: { GET: (_call, parts) => parts.registrations.list().map(registrationState) } },
  {
    path: '/registrations/:registrationId',
    methods: {
      GET: ({ names: [id = ''] }, { registrations }) => registrationState(registrations.get(id)),
      DELETE: ({ names: [id = ''] }, { registrations }) => registrations.remove(id),
    },
  },
  {
    path: '/hubs/:hub/devices',
    methods: {
      GET({ names: [name] }, parts) {
        const hub = hubOf(parts, name);
        return hub.registry.list().map((device) => deviceView(hub, device));
      },
    },
  },
  {
    path: '/hubs/:hub/devices/:deviceId',
    methods: {
      GET({ names: [name, deviceId = ''] }, parts) {
        const hub = hubOf(parts, name);
        return deviceView(hub, hub.registry.get(deviceId));
      },
      PUT({ names: [name, deviceId], body }, parts) {
        const hub = hubOf(parts, name);
        return deviceView(hub, hub.registry.create(valid(deviceSchema, { ...known(body), deviceId })));
      },
      PATCH({ names: [name, deviceId = ''], body }, parts) {
        const hub = hubOf(parts, name);
        const { status, authentication } = hub.registry.get(deviceId);
        const request = valid(deviceSchema, { status, authentication, ...known(body), deviceId });
        return deviceView(hub, hub.registry.update(request));
      },
      DELETE({ names: [name, deviceId = ''] }, parts) {
        const { registry } = hubOf(parts, name);
        registry.get(deviceId);
        registry.remove(deviceId);
      },
    },
  },
  {
    path: '/hubs/:hub/devices/:deviceId/twin',
    methods: {
      GET: ({ names: [name, deviceId = ''] }, parts) => twinView(deviceId, hubOf(parts, name).registry.twin(deviceId)),
      async PATCH({ names: [name, deviceId = ''], body }, parts) {
        const { tags, properties } = valid(twinPatchSchema, body);
        const patch = { tags, desired: properties?.desired };
        return twinView(deviceId, await hubOf(parts, name).patchTwin(deviceId, patch));
      },
    },
  },
  {
    path: '/hubs/:hub/devices/:deviceId/messages',
    methods: {
      GET({ names: [name, deviceId = ''] }, parts) {
        const { registry, messages } = hubOf(parts, name);
        registry.get(deviceId);
        return messages.of(deviceId);
      },
      POST({ names: [name, deviceId = ''], body }, parts) {
        const { body: text, ...message } = valid(messageSchema, body);
        return hubOf(parts, name).send(deviceId, { ...message, payload: Buffer.from(text) });
      },
    },
  },
  {
    path: '/hubs/:hub/devices/:deviceId/methods',
    methods: {
      POST({ names: [name, deviceId = ''], body }, parts) {
        const { methodName, payload, ...wait } = valid(methodSchema, body);
        return hubOf(parts, name).invoke(deviceId, {
          methodName,
          payload,
          responseTimeoutMs: wait.responseTimeoutInSeconds * 1000,
          connectTimeoutMs: wait.connectTimeoutInSeconds * 1000,
        });
      },
    },
  },
];

function hubOf({ hubs }: CloudParts, name = ''): Hub {
  const hub = hubs.find(({ registry }) => registry.isCalled(name));
  if (hub === undefined) throw new PortalRefusal(404, `there is no hub ${name}`);
  return hub;
}

/** The members of a body; what has none is found out by the schema. */
function fields(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {};
}

/** What enrolls one device: thumbprints, or a certificate that has them. */
function certified(body: unknown): object {
  const { rest, thumbprints } = certificateIn(body);
  return { ...rest, ...(thumbprints && { thumbprints }) };
}

/** By what a hub knows a device; a certificate says it, too. */
function known(body: unknown): object {
  const { rest, thumbprints } = certificateIn(body);
  return { ...rest, ...(thumbprints && { authentication: { type: 'selfSigned', thumbprints } }) };
}

function valid<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PortalRefusal(400, `${issue?.path.join('.') || 'the body'}: ${issue?.message}`, 400_004);
}
