import { constants } from 'node:os';

/** LMDB gives the system's numbers. */
const NAMES: ReadonlyMap<unknown, string> = new Map(
  Object.entries(constants.errno).map(([name, code]) => [code, name]),
);

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EEXIST: 'a file has this name already',
  ENOTDIR: 'a file has this name already',
  ELOOP: 'it is a symbolic link',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EFBIG: 'the file has reached its size limit',
  EIO: 'the system wrote only a part; the disk may be full',
};

/** The system's words for why it would not do something to a file, without the call and the path that Node adds. */
export function fileTrouble(error: unknown): string {
  const { code, message } = error as { readonly code?: string | number; readonly message: string };
  return WORDS[NAMES.get(code) ?? String(code)] ?? message;
}
