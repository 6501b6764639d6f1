import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { writeFailed } from './failures.ts';
import { fleetPaths, writeWhole } from './files.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import type { DeviceRange } from './range.ts';
import { sealText, unsealText } from './sealed-text.ts';

interface Claim extends DeviceRange, ProcessIdentity {
  /** The command that holds it, for the complaint of the one that comes second. */
  readonly purpose: string;
}

/** What a claim is on, for people. */
export interface ClaimSubject {
  readonly named: (range: DeviceRange) => string;
  /** What can be done instead of waiting. */
  readonly instead: string;
}

const DEVICES: ClaimSubject = {
  named: ({ from, to }) => `devices ${from} to ${to - 1}`,
  instead: 'run another segment',
};

export interface RangeLock {
  release(): void;
}

/**
 * Claims devices of the fleet in `directory` for this process. First the claim is there, then the others are looked at: of
 * two that come at once at most one goes on. A claim whose process is dead is taken away.
 * @throws EmuError EMU_E_FLEET_LOCKED
 */
export function lockRange(
  directory: string,
  range: DeviceRange,
  purpose: string,
  subject: ClaimSubject = DEVICES,
): RangeLock {
  const { locks } = fleetPaths(directory);
  const name = `${range.from}-${range.to}-${process.pid}-${randomBytes(4).toString('hex')}.lock`;
  const own = join(locks, name);
  try {
    mkdirSync(locks, { mode: 0o700 });
  } catch (cause) {
    if (!statSync(locks, { throwIfNoEntry: false })?.isDirectory()) throw writeFailed(locks, cause);
  }
  writeWhole(own, sealText(JSON.stringify({ ...range, ...ownIdentity(), purpose } satisfies Claim)), 0o600);
  const release = () => rmSync(own, { force: true });
  try {
    for (const other of readdirSync(locks)) {
      if (other !== name && other.endsWith('.lock')) requireApart(join(locks, other), range, subject);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function requireApart(file: string, { from, to }: DeviceRange, { named, instead }: ClaimSubject): void {
  const claim = readClaim(file);
  if (claim === undefined) return;
  if (!isAlive(claim)) {
    rmSync(file, { force: true });
    return;
  }
  if (claim.to <= from || to <= claim.from) return;
  throw new EmuError('EMU_E_FLEET_LOCKED', `${named(claim)} are in use by ${claim.purpose} (process ${claim.pid})`, {
    value: claim,
    hint: `Wait for its end, or ${instead}. If no such process exists in any container, remove ${file}.`,
  });
}

/** Undefined when its owner has taken it away meanwhile. */
function readClaim(file: string): Claim | undefined {
  try {
    return JSON.parse(unsealText(readFileSync(file, 'utf8')) ?? '') as Claim;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EmuError('EMU_E_FLEET_LOCKED', `${file} cannot be read, so it is not known who uses the fleet`, {
      value: file,
      hint: 'Remove it when no other emu works with this fleet.',
      cause: error,
    });
  }
}
