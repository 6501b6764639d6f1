import { crc32 } from 'node:zlib';

const SEAL = /^# checksum ([0-9a-f]{8}) [^\n]*\n/;

/** The text of a file under its checksum, for a name or number whose bits flipped is most often still a valid one. */
export function sealText(text: string): string {
  return `# checksum ${checksumOf(text)} of all that follows; remove this line after a change of your own\n${text}`;
}

/** The text without its checksum, which it need not have; undefined when the two differ. */
export function unsealText(sealed: string): string | undefined {
  const [seal = '', checksum] = SEAL.exec(sealed) ?? [];
  const text = sealed.slice(seal.length);
  return checksum === undefined || checksum === checksumOf(text) ? text : undefined;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
