import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { EmuError } from '../../emulator/errors.ts';
import { type Ca, caDocument, caFrom } from '../factory/index.ts';
import { damaged } from './failures.ts';
import { fleetPaths, writeWhole } from './files.ts';
import type { FleetFile } from './fleet-file.ts';

const key = z.string().startsWith('-----BEGIN PRIVATE KEY-----');

/** `keys.yaml`, format 1: what provisioning further devices needs. */
const schema = z.strictObject({
  format: z.literal(1),
  /** 32 bytes in hexadecimal that all keys of the devices flow from; a seeded fleet has its seed instead. */
  chance: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Missing where the signer alone was brought. */
  root: key.optional(),
  signer: key,
});

export interface FleetKeys {
  readonly ca: Ca;
  /** What `rootRng` takes. */
  readonly randomness: string | Uint8Array;
}

/** @throws EmuError EMU_E_STORE_WRITE */
export function writeKeys(directory: string, { ca, randomness }: FleetKeys): void {
  const { rootKey, signerKey } = caDocument(ca);
  const file: z.input<typeof schema> = {
    format: 1,
    ...(typeof randomness !== 'string' && { chance: Buffer.from(randomness).toString('hex') }),
    ...(rootKey !== undefined && { root: rootKey }),
    signer: signerKey,
  };
  writeWhole(fleetPaths(directory).keys, stringify(file), 0o600);
}

/** @throws EmuError EMU_E_FLEET_KEYS, EMU_E_FLEET_DAMAGED */
export function readKeys(directory: string, fleet: FleetFile): FleetKeys {
  const { authority, seed } = fleet;
  const { keys } = fleetPaths(directory);
  if (!existsSync(keys)) {
    throw new EmuError('EMU_E_FLEET_KEYS', `the fleet in ${directory} has no private keys of CAs, as a part of one`, {
      value: keys,
      hint: 'Use the whole fleet, which the part was exported from; a run of the part goes without --probe and --broker-sys. If this is the whole one, restore its keys.yaml from a copy.',
    });
  }
  try {
    const file = schema.parse(parse(readFileSync(keys, 'utf8')));
    return {
      ca: caFrom({ ...authority, rootKey: file.root, signerKey: file.signer }),
      randomness: seed ?? Uint8Array.from(Buffer.from(file.chance ?? '', 'hex')),
    };
  } catch (cause) {
    throw damaged(keys, 'the keys of the fleet cannot be read', cause);
  }
}
