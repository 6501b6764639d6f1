import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { EmuError } from '../../emulator/errors.ts';
import { type Profile, profileSchema } from '../../emulator/firmware/index.ts';
import { damaged, unreadable, yamlTrouble } from './failures.ts';
import { fleetPaths, writeWhole } from './files.ts';
import { certificateTrouble } from './fleet-certificates.ts';
import type { DeviceRange } from './range.ts';
import { sealText, unsealText } from './sealed-text.ts';

/** The format that this program knows: 1 had no checksums. */
export const FLEET_FORMAT = 2;

const pem = z.string().startsWith('-----BEGIN CERTIFICATE-----');
const date = z.iso.datetime();

/** `fleet.yaml`, format 2: all that a run needs besides the chips' memories, and nothing secret. */
const schema = z.strictObject({
  format: z.literal(FLEET_FORMAT),
  /** Ties the chips' store to this file. */
  id: z.uuid(),
  created: date,
  /** The devices that are here; a shard's numbers are those of the whole fleet. */
  devices: z.strictObject({ first: z.number().int().min(0), count: z.number().int().min(1) }),
  /** The seed of all keys, for tests; without it they come from the operating system. */
  seed: z.string().optional(),
  /** 32 bytes in hexadecimal: the root of the sensors' randomness, so that they are the same parts in every run. */
  sensors: z.string().regex(/^[0-9a-f]{64}$/),
  authority: z.strictObject({
    organization: z.string(),
    issued: date,
    /** How long the devices' certificates are valid; without it, they never expire. */
    deviceYears: z.number().int().min(1).optional(),
    /** What a broker has to trust: the root, then what stands above it. */
    anchors: z.array(pem).min(1),
    signer: pem,
  }),
  /** A certificate that no device has and that those of all devices are rebuilt from. */
  deviceTemplate: pem,
  profile: profileSchema,
});

export type FleetFile = z.output<typeof schema>;

/** @throws EmuError EMU_E_STORE_WRITE */
export function writeFleetFile(directory: string, file: FleetFile): void {
  const { profile, ...rest } = file;
  const text = stringify({ ...rest, profile: profileDocument(profile) });
  writeWhole(fleetPaths(directory).fleet, sealText(text), 0o644);
}

/** The fleet in `directory`; undefined when there is none. @throws EmuError EMU_E_FLEET_… */
export function findFleet(directory: string): FleetFile | undefined {
  const { fleet } = fleetPaths(directory);
  let text: string;
  try {
    text = readFileSync(fleet, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw unreadable(fleet, cause);
  }
  return decode(fleet, text);
}

/** @throws EmuError EMU_E_FLEET_… */
export function readFleet(directory: string): FleetFile {
  const found = findFleet(directory);
  if (found !== undefined) return found;
  throw new EmuError('EMU_E_FLEET_NONE', `there is no fleet in ${directory}`, {
    value: directory,
    // The directory exists with other contents, so the hint does not name it.
    hint: `Create one: emu fleet create --count 500 --out ${existsSync(directory) ? 'DIR' : directory}`,
  });
}

function decode(file: string, sealed: string): FleetFile {
  const text = unsealText(sealed);
  if (text === undefined) throw damaged(file, 'its checksum is that of another text');
  let contents: unknown;
  try {
    contents = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw damaged(file, `this is not YAML: ${yamlTrouble(cause)}`, cause);
  }
  const format = (contents as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== FLEET_FORMAT) {
    throw new EmuError(
      'EMU_E_FLEET_VERSION',
      `${file} has format ${format}, and this emu knows format ${FLEET_FORMAT}`,
      {
        value: format,
        hint: 'Use the emu that created the fleet, or create it again.',
      },
    );
  }
  const result = schema.safeParse(contents);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw damaged(file, `this is not a fleet: ${issue?.path.join('.')}: ${issue?.message}`, result.error);
  }
  const trouble = certificateTrouble(result.data);
  if (trouble !== undefined) throw damaged(file, trouble);
  return result.data;
}

/** All devices that a fleet's file speaks of. */
export function wholeOf({ devices: { first, count } }: FleetFile): DeviceRange {
  return { from: first, to: first + count };
}

/** A profile as it stands in YAML: hexadecimal text where the program has bytes. */
export function profileDocument(profile: Profile): unknown {
  return JSON.parse(
    JSON.stringify(profile, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );
}
