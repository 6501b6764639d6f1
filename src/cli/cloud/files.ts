import { closeSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmuError } from '../../../emulator/errors.ts';
import { fileTrouble, openSecret } from '../../base/index.ts';

/** What a cloud leaves for others to use: beside its state, or where nobody else looks, as long as it runs. */
export interface CloudFiles {
  /** What devices trust. */
  readonly ca: string;
  /** What the API asks for; for its owner alone. */
  readonly token: string;
  remove(): void;
}

/** @throws EmuError EMU_E_STORE_WRITE */
export function writeCloudFiles(state: string | undefined, caPem: string, token: string): CloudFiles {
  const directory = state ?? mkdtempSync(join(tmpdir(), 'emu-cloud-'));
  const files = { ca: join(directory, 'server-ca.pem'), token: join(directory, 'token') };
  try {
    writeFileSync(files.ca, caPem);
    const descriptor = openSecret(files.token);
    writeFileSync(descriptor, `${token}\n`);
    closeSync(descriptor);
  } catch (cause) {
    throw new EmuError('EMU_E_STORE_WRITE', `cannot write into ${directory}: ${fileTrouble(cause)}`, {
      value: directory,
      hint: 'Make room or correct the permissions, and run the same command again.',
      cause,
    });
  }
  return {
    ...files,
    // A token that nobody takes any more is no use; the CA stays with the state.
    remove: () => rmSync(state === undefined ? directory : files.token, { recursive: true, force: true }),
  };
}
