import { dirname, isAbsolute, join, resolve } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { type Profile, profileSchema } from '../../emulator/firmware/index.ts';
import { shippedProfileFile, shippedProfiles } from '../base/index.ts';
import { describeIssues, readDocument, type YamlDocument } from '../yaml/index.ts';
import { PROFILE } from './kind.ts';

type Contents = Readonly<Record<string, unknown>>;

/** A text with a slash or a YAML file's ending is a file; anything else is the name of a shipped profile. */
function fileOf(nameOrFile: string, directory: string): string {
  if (/[/\\]|\.ya?ml$/.test(nameOrFile)) {
    return isAbsolute(nameOrFile) ? nameOrFile : join(directory, nameOrFile);
  }
  const shipped = shippedProfiles();
  if (shipped.includes(nameOrFile)) return shippedProfileFile(nameOrFile);
  throw new EmuError('EMU_E_PROFILE_UNKNOWN', `there is no profile named "${nameOrFile}"`, {
    value: nameOrFile,
    hint: `Shipped profiles: ${shipped.join(', ')}. A file needs a slash in its path or the ending .yaml.`,
  });
}

/** The file and everything that it extends, itself first. */
function readChain(nameOrFile: string): YamlDocument[] {
  const chain: YamlDocument[] = [];
  const seen = new Set<string>();
  let file = fileOf(nameOrFile, '.');
  for (;;) {
    const document = readDocument(file, PROFILE);
    chain.push(document);
    seen.add(resolve(file));
    const base = document.contents.extends;
    if (base === undefined) return chain;
    const mistake = (message: string) => PROFILE.invalid([`${document.locate(['extends'])}: extends: ${message}`]);
    if (typeof base !== 'string') throw mistake('expected the name or the file of a profile');
    file = fileOf(base, dirname(file));
    if (seen.has(resolve(file))) throw mistake('a profile cannot extend itself');
  }
}

function isMap(value: unknown): value is Contents {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Maps merge key by key; everything else, lists included, replaces what it meets. */
function merge(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(over, key) ? merge(base[key], over[key]) : base[key]]),
  );
}

/**
 * Loads and validates a profile: the name of a shipped one, or a YAML file.
 * @throws EmuError `EMU_E_PROFILE_UNKNOWN` no such name; `EMU_E_PROFILE_FILE` unreadable; `EMU_E_PROFILE_INVALID`
 * not a profile: the message is the first problem, `value` all of them, each `FILE:LINE:COLUMN: path: message`.
 */
export function loadProfile(nameOrFile: string): Profile {
  const chain = readChain(nameOrFile);
  const merged = chain.reduceRight<unknown>((base, { contents }) => merge(base, contents), {});
  const { extends: _, ...contents } = merged as Contents;
  const result = profileSchema.safeParse(contents);
  if (result.success) return result.data;
  throw PROFILE.invalid(describeIssues(result.error.issues, chain));
}
