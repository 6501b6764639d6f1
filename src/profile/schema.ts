import { z } from 'zod';
import { profileSchema } from '../../emulator/firmware/index.ts';

/**
 * What one file of a profile may say, as JSON Schema: a file that extends another says only what differs, so nothing
 * is required at any depth but in the steps of a script, which do not merge.
 */
export function profileFileSchema(): object {
  const { oneOf = [], $schema } = z.toJSONSchema(profileSchema, { io: 'input', target: 'draft-07' });
  const firmwares = oneOf.map((firmware) =>
    withoutRequired({ ...firmware, properties: { ...BASE, ...firmware.properties } }),
  );
  return { $schema, anyOf: firmwares };
}

const BASE = {
  extends: {
    type: 'string',
    description: 'name or file of the profile from which missing values are taken',
  },
};

/** Maps merge, so each may be partial; the items of lists do not. */
function withoutRequired(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return schema;
  const { required: _, properties, ...rest } = schema as { required?: unknown; properties: Record<string, unknown> };
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, withoutRequired(value)])),
  };
}
