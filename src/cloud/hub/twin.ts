/** JSON, as a twin has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One half of a twin's properties. */
export interface Properties {
  readonly values: JsonObject;
  /** Counts the patches, from 1. */
  readonly version: number;
}

export interface Twin {
  readonly tags: JsonObject;
  readonly desired: Properties;
  readonly reported: Properties;
}

export const NEW_TWIN: Twin = {
  tags: {},
  desired: { values: {}, version: 1 },
  reported: { values: {}, version: 1 },
};

/** Limits of Azure's twins: the size of one half, levels of objects, the length of a key and of a text. */
const MOST_BYTES = 32 * 1024;
const DEEPEST = 10;
const LONGEST_KEY = 1024;
const LONGEST_TEXT = 4096;
/** No control characters, `.`, `$` or space. */
const KEY = /^[^\p{Cc}.$ ]+$/u;

/**
 * The object with a patch applied: a member replaces or joins, `null` removes, objects are patched within, arrays are replaced
 * as a whole. Undefined when the patch, or what would come of it, is none that a twin may have.
 */
export function patched(object: JsonObject, patch: unknown): JsonObject | undefined {
  if (!isObject(patch) || !isFit(patch, 1)) return undefined;
  const result = merged(object, patch);
  return Buffer.byteLength(JSON.stringify(result)) <= MOST_BYTES && isFit(result, 1) ? result : undefined;
}

/** The values with their version, as devices and portals see them. */
export function withVersion({ values, version }: Properties): JsonObject {
  return { ...values, $version: version };
}

/** The properties with a patch applied, one version on; undefined when it cannot be. */
export function patchedProperties({ values, version }: Properties, patch: unknown): Properties | undefined {
  const result = patched(values, patch);
  return result && { values: result, version: version + 1 };
}

function merged(object: JsonObject, patch: JsonObject): JsonObject {
  // Without a prototype, as any key may come.
  const result: { [key: string]: Json } = Object.assign(Object.create(null), object);
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = merged(isObject(before) ? before : {}, value);
    else result[key] = value;
  }
  return result;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFit(value: Json, depth: number): boolean {
  if (typeof value === 'string') return Buffer.byteLength(value) <= LONGEST_TEXT;
  if (typeof value !== 'object' || value === null) return true;
  if (depth > DEEPEST) return false;
  if (Array.isArray(value)) return value.every((each) => isFit(each, depth + 1));
  return Object.entries(value).every(
    ([key, each]) => KEY.test(key) && Buffer.byteLength(key) <= LONGEST_KEY && isFit(each, depth + 1),
  );
}
