import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { EmuError } from '../../emulator/errors.ts';

/** One profile file: its contents, and where in it everything stands. */
export interface ProfileDocument {
  readonly file: string;
  readonly contents: Readonly<Record<string, unknown>>;
  /** `FILE:LINE:COLUMN` of the value at `path`, or undefined when the file has none. */
  locate(path: readonly PropertyKey[]): string | undefined;
  /** The same of the key that `path` ends in. */
  locateKey(path: readonly PropertyKey[]): string | undefined;
}

/** A profile that is not one: every problem a line of `FILE:LINE:COLUMN: what`, the first of them the message. */
export function invalidProfile(problems: readonly string[]): EmuError {
  const [first = '', ...others] = problems;
  return new EmuError('EMU_E_PROFILE_INVALID', first, {
    value: problems,
    ...(others.length > 0 && { hint: `${others.length} more: ${others.join('; ')}` }),
  });
}

/** The system's words for why a file cannot be read, without the call and the path that Node adds. */
function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a directory';
    case 'EACCES':
      return 'permission denied';
    default:
      return (error as Error).message;
  }
}

function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new EmuError('EMU_E_PROFILE_FILE', `cannot read the profile ${file}: ${reason(cause)}`, {
      value: file,
      cause,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EmuError('EMU_E_PROFILE_FILE', `the profile ${file} is not UTF-8 text`, { value: file, cause });
  }
}

/** YAML's own mistakes, and what a profile does without: aliases, whose expansion could be endless, and unknown tags. */
function syntaxProblems(document: Document, at: (offset: number) => string): string[] {
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  visit(document, {
    Alias(_, alias) {
      problems.push(`${at(alias.range?.[0] ?? 0)}: aliases are not part of the profile format`);
    },
  });
  return problems;
}

/** Reads and parses one file; it must be a YAML map. */
export function readProfileDocument(file: string): ProfileDocument {
  const text = readText(file);
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch (cause) {
    throw new EmuError('EMU_E_PROFILE_INVALID', `${at(0)}: nested too deeply`, { value: file, cause });
  }
  const problems = syntaxProblems(document, at);
  const root = document.contents;
  if (problems.length === 0 && !isMap(root)) problems.push(`${at(root?.range?.[0] ?? 0)}: a profile is a map of keys`);
  if (problems.length > 0) throw invalidProfile(problems);

  const position = (node: unknown) => (isNode(node) && node.range ? at(node.range[0]) : undefined);
  return {
    file,
    contents: document.toJS(),
    locate: (path) => position(document.getIn(path, true)),
    locateKey(path) {
      const map = document.getIn(path.slice(0, -1), true);
      const pair = isMap(map)
        ? map.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
        : undefined;
      return position(pair?.key);
    },
  };
}
