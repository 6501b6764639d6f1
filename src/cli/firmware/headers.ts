import { writeFileSync } from 'node:fs';
import { fileTrouble } from '../../base/index.ts';
import { profileSource } from '../../firmware-headers/index.ts';
import { loadProfile } from '../../profile/index.ts';
import { type Arguments, textOf } from '../command/index.ts';
import { EXIT, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';
import { parseDuration } from '../options/index.ts';

/** `emu firmware headers`. Resolves to the exit code. */
export async function firmwareHeaders(args: Arguments, { stdout }: Io): Promise<number> {
  const profile = loadProfile(textOf(args, 'profile') ?? 'esp32-mqtts');
  const [interval, out] = [textOf(args, 'interval'), textOf(args, 'out')];
  const source = profileSource(
    profile,
    interval === undefined ? {} : { intervalMs: parseDuration('--interval', interval) },
  );
  if (out === undefined) stdout.write(source);
  else write(out, source);
  return EXIT.ok;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw usageError(
      `--out: cannot write ${file}: ${fileTrouble(cause)}`,
      'Name a file in a directory of yours.',
      cause,
    );
  }
}
