import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { COMMANDS, GROUPS } from '../../../src/cli/commands.ts';
import { configFileSchema } from '../../../src/cli/settings/config-schema.ts';
import { profileFileSchema } from '../../../src/profile/index.ts';
import { reportFileSchema } from '../../../src/report/index.ts';

const root = join(import.meta.dirname, '../../..');
const text = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
const accepts = (schema: object, document: unknown) =>
  z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(document).success;

describe('the JSON Schemas for editors are what the code says', () => {
  // After a change of options or of the profile: npx vitest run test/unit/schemas -u
  test('schemas/config.schema.json', async () => {
    await expect(text(configFileSchema(COMMANDS, GROUPS))).toMatchFileSnapshot(
      join(root, 'schemas/config.schema.json'),
    );
  });

  test('schemas/summary.schema.json', async () => {
    await expect(text(reportFileSchema())).toMatchFileSnapshot(join(root, 'schemas/summary.schema.json'));
  });

  test('schemas/profile.schema.json', async () => {
    await expect(text(profileFileSchema())).toMatchFileSnapshot(join(root, 'schemas/profile.schema.json'));
  });
});

describe('the schema of profiles', () => {
  const schema = profileFileSchema();
  const shipped = readdirSync(join(root, 'profiles')).filter((name) => name.endsWith('.yaml'));

  test.each(shipped)('accepts %s, and the file names it', (name) => {
    const yaml = readFileSync(join(root, 'profiles', name), 'utf8');
    expect(accepts(schema, parse(yaml))).toBe(true);
    expect(yaml.split('\n')[0]).toBe('# yaml-language-server: $schema=../schemas/profile.schema.json');
  });

  test('accepts a file that says only what differs', () => {
    expect(accepts(schema, { extends: 'esp32-mqtts', mqtt: { reconnect: { waitMs: 1 } } })).toBe(true);
  });

  test.each([
    ['an unknown key', { mqqt: {} }],
    ['an unknown key further in', { mqtt: { keepalive: 3 } }],
    ['a wrong type', { mqtt: { keepAliveSeconds: 'often' } }],
    ['a number out of range', { mqtt: { keepAliveSeconds: 0 } }],
    ['an unknown step', { script: { onConnected: [{ wait: 3 }] } }],
    ['half a step', { script: { onConnected: [{ subscribe: { qos: 1 } }] } }],
  ])('refuses %s', (_, document) => {
    expect(accepts(schema, document)).toBe(false);
  });
});

describe('the schema of settings', () => {
  const schema = configFileSchema(COMMANDS, GROUPS);

  test('accepts the example of docs/configuration.md, which names it', () => {
    const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(accepts(schema, parse(example))).toBe(true);
    expect(example).toContain('twinfleet/schemas/config.schema.json');
  });

  test.each([
    ['an unknown setting', { run: { cuont: 1 } }],
    ['an unknown command', { rnu: {} }],
    ['a text for a flag', { run: { json: 'yes' } }],
  ])('refuses %s', (_, document) => {
    expect(accepts(schema, document)).toBe(false);
  });
});
