import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, type JsonObject, NEW_TWIN, patched, patchedProperties } from '../../../src/cloud/hub/twin.ts';

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'ü', '0');
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, -1.5, '', 'text'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;
const object = fc.dictionary(key, value, { maxKeys: 4 });

/** How deep objects and arrays lie in one another. */
function depthOf(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 0;
  return 1 + Math.max(0, ...Object.values(json).map(depthOf));
}

/** RFC 7396 section 2, MergePatch, on maps: it knows nothing of prototypes. */
type Tree = null | boolean | number | string | Tree[] | Map<string, Tree>;

function tree(json: unknown): Tree {
  if (Array.isArray(json)) return json.map(tree);
  if (typeof json !== 'object' || json === null) return json as Tree;
  return new Map(Object.entries(json).map(([name, each]) => [name, tree(each)]));
}

function mergePatch(target: Tree, patch: Tree): Tree {
  if (!(patch instanceof Map)) return patch;
  const result = new Map(target instanceof Map ? target : []);
  for (const [name, each] of patch) {
    if (each === null) result.delete(name);
    else result.set(name, mergePatch(result.get(name) ?? null, each));
  }
  return result;
}

test('a patch is the merge patch of RFC 7396, and every patch that a twin may have is one version', () => {
  const reached = { refused: 0, removed: 0, nested: 0, arrays: 0, strange: 0 };
  fc.assert(
    fc.property(fc.array(object, { minLength: 1, maxLength: 6 }), (patches) => {
      let properties = NEW_TWIN.reported;
      let model: Tree = new Map();
      for (const raw of patches) {
        const patch = JSON.parse(JSON.stringify(raw)) as JsonObject;
        const before = properties;
        const after = patchedProperties(before, patch);
        const merged = mergePatch(model, tree(patch));
        if (depthOf(patch) > 10) {
          reached.refused++;
          expect(after).toBeUndefined();
          continue;
        }
        expect(after?.version).toBe(before.version + 1);
        // What was there is not changed: an answer may still be on its way with it.
        expect(tree(before.values)).toEqual(model);
        properties = after as typeof properties;
        model = merged;
        expect(tree(JSON.parse(JSON.stringify(properties.values)))).toEqual(model);
        if (Object.values(patch).includes(null)) reached.removed++;
        if (Object.values(patch).some((each) => typeof each === 'object' && !Array.isArray(each))) reached.nested++;
        if (Object.values(patch).some(Array.isArray)) reached.arrays++;
        if (Object.keys(patch).includes('__proto__')) reached.strange++;
      }
    }),
    { numRuns: 500 },
  );
  const { refused: _, ...often } = reached;
  for (const [what, times] of Object.entries(often)) expect(times, what).toBeGreaterThan(10);
  expect(Object.prototype).not.toHaveProperty('a');
});

describe('a twin may not have', () => {
  const deep = (levels: number): JsonObject => (levels === 1 ? {} : { a: deep(levels - 1) });

  test.each<[string, unknown]>([
    ['an array in its place', []],
    ['a text in its place', 'text'],
    ['nothing in its place', null],
    ['a key with a dot', { 'a.b': 1 }],
    ['a key with a dollar sign', { $version: 1 }],
    ['a key with a space', { a: { 'b c': 1 } }],
    ['a key with a control character', { 'a\n': 1 }],
    ['an empty key', { '': 1 }],
    ['a key in an array that no object may have', { a: [{ 'b.c': 1 }] }],
    ['a key of more than 1 KiB', { ['k'.repeat(1025)]: 1 }],
    ['a text of more than 4 KiB', { a: 'x'.repeat(4097) }],
    ['more than 10 levels', deep(11)],
    ['more than 32 KiB', Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, 'x'.repeat(4000)]))],
  ])('%s', (_, patch) => {
    expect(patched({}, patch)).toBeUndefined();
  });

  test('but 10 levels, 4 KiB of text and 1 KiB of key', () => {
    for (const patch of [deep(10), { a: 'x'.repeat(4096) }, { ['k'.repeat(1024)]: 1 }]) {
      expect(patched({}, patch)).toEqual(patch);
    }
  });

  test('more than 32 KiB together, in as many patches', () => {
    let values: JsonObject = {};
    for (let part = 0; part < 8; part++) values = patched(values, { [`k${part}`]: 'x'.repeat(4000) }) as JsonObject;
    expect(patched(values, { more: 'x'.repeat(4000) })).toBeUndefined();
    expect(patched(values, { k0: null, more: 'x'.repeat(4000) })).toBeDefined();
  });
});
