import { z } from 'zod';
import { type ConfigZone, decodeConfig, encodeConfig } from '../../emulator/atecc608/index.ts';

/** The version of the document. */
const SCHEMA = 'emu-chip-config/1';

/** A configuration as JSON and YAML have it: bytes are hexadecimal text, everything else as `ConfigZone` has it. */
export type ConfigDocument = { readonly schema: typeof SCHEMA } & Readonly<Record<string, unknown>>;

export function configDocument(config: ConfigZone): ConfigDocument {
  const fields = Object.entries(config).map(([name, value]) => [name, plain(value)]);
  return { schema: SCHEMA, ...Object.fromEntries(fields) };
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex').toUpperCase() : value;
}

/** What every document must look like is what a chip's own configuration looks like. */
const documentSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  ...shapeOf(decodeConfig(new Uint8Array(128))),
});

function shapeOf(example: object): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, likeness(value)]));
}

function likeness(example: unknown): z.ZodType {
  if (example instanceof Uint8Array) return hexBytes(example.length);
  if (Array.isArray(example)) return z.array(likeness(example[0])).length(example.length);
  if (typeof example === 'boolean') return z.boolean();
  if (typeof example === 'number') return z.int().min(0).max(0xffff);
  return z.strictObject(shapeOf(example as object));
}

function hexBytes(length: number) {
  const message = `${length} bytes in hexadecimal, as text`;
  return z
    .string(message)
    .regex(new RegExp(`^[0-9a-f]{${2 * length}}$`, 'i'), message)
    .transform((text) => Uint8Array.from(Buffer.from(text, 'hex')));
}

/** @throws ZodError, EmuError EMU_E_CHIP_CONFIG for a value that does not fit its bits */
export function configFromDocument(contents: unknown): Uint8Array {
  const { schema: _, ...config } = documentSchema.parse(contents);
  return encodeConfig(config as unknown as ConfigZone);
}
