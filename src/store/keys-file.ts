import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { EmuError } from '../../emulator/errors.ts';
import { type Ca, caDocument, caFrom, requireOwnKeys } from '../factory/index.ts';
import { damaged } from './failures.ts';
import { fleetPaths, writeWhole } from './files.ts';
import type { FleetFile } from './fleet-file.ts';
import { sealText, unsealText } from './sealed-text.ts';

const key = z.string().startsWith('-----BEGIN PRIVATE KEY-----');

const chance = z.string().regex(/^[0-9a-f]{64}$/);

/** `keys.yaml`, format 1: what provisioning further devices needs. */
const schema = z.strictObject({
  format: z.literal(1),
  /** 32 bytes in hexadecimal that all keys of the devices flow from; a seeded fleet has its seed instead. */
  chance: chance.optional(),
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
  writeWhole(fleetPaths(directory).keys, sealText(stringify(file)), 0o600);
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
    const file = schema.parse(parse(unsealText(readFileSync(keys, 'utf8')) ?? ''));
    const ca = caFrom({ ...authority, rootKey: file.root, signerKey: file.signer });
    requireOwnKeys(ca);
    return { ca, randomness: seed ?? Uint8Array.from(Buffer.from(chance.parse(file.chance), 'hex')) };
  } catch (cause) {
    throw damaged(keys, 'the keys of the fleet cannot be read', cause);
  }
}
