import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';
import { inOrder } from './problems.ts';

/** One YAML file: its contents, and where in it everything stands. */
export interface YamlDocument {
  readonly file: string;
  readonly contents: Readonly<Record<string, unknown>>;
  /** `FILE:LINE:COLUMN` of the value at `path`, or undefined when the file has none. */
  locate(path: readonly PropertyKey[]): string | undefined;
  /** The same of the key that `path` ends in. */
  locateKey(path: readonly PropertyKey[]): string | undefined;
  /** The scalar at `path` as it is written in the file: `0x1F` stays `0x1F`. */
  textOf(path: readonly PropertyKey[]): string | undefined;
}

/** What kind of file it is, for the words and the errors. */
export interface DocumentKind {
  /** `profile` */
  readonly noun: string;
  /** A file without anything in it says nothing, and is not wrong. */
  readonly mayBeEmpty?: true;
  unreadable(message: string, file: string, cause: unknown): EmuError;
  /** @param problems each a line of `FILE:LINE:COLUMN: what`. */
  invalid(problems: readonly string[]): EmuError;
}

function readText(file: string, kind: DocumentKind): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw kind.unreadable(`cannot read the ${kind.noun} ${file}: ${fileTrouble(cause)}`, file, cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw kind.unreadable(`the ${kind.noun} ${file} is not UTF-8 text`, file, cause);
  }
}

/** YAML's own mistakes, and what our formats do without: aliases, whose expansion could be endless, and unknown tags. */
function syntaxProblems(document: Document, { noun }: DocumentKind, at: (offset: number) => string): string[] {
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  visit(document, {
    Alias(_, alias) {
      problems.push(`${at(alias.range?.[0] ?? 0)}: aliases are not part of the ${noun} format`);
    },
  });
  return problems;
}

/** Reads and parses one file; it must be a YAML map, or empty where its kind may be. */
export function readDocument(file: string, kind: DocumentKind): YamlDocument {
  const text = readText(file, kind);
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch {
    throw kind.invalid([`${at(0)}: nested too deeply`]);
  }
  const problems = syntaxProblems(document, kind, at);
  const root = document.contents;
  const isEmpty = root === null && kind.mayBeEmpty === true;
  if (problems.length === 0 && !isMap(root) && !isEmpty)
    problems.push(`${at(root?.range?.[0] ?? 0)}: a ${kind.noun} is a map of keys`);
  if (problems.length > 0) throw kind.invalid(inOrder(problems, file));

  const position = (node: unknown) => (isNode(node) && node.range ? at(node.range[0]) : undefined);
  return {
    file,
    contents: document.toJS() ?? {},
    locate: (path) => position(document.getIn(path, true)),
    locateKey(path) {
      const map = document.getIn(path.slice(0, -1), true);
      const pair = isMap(map)
        ? map.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
        : undefined;
      return position(pair?.key);
    },
    textOf(path) {
      const node = document.getIn(path, true);
      return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
    },
  };
}
