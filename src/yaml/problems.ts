import type { z } from 'zod';
import type { YamlDocument } from './document.ts';

type Issue = z.core.$ZodIssue;

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The last element of `path` is a key that should not be there. */
  readonly isKey?: true;
}

/** Of a union only the branch that was meant counts: the one whose keys are those of the value. */
function problemsOf(issue: Issue, parent: readonly PropertyKey[] = []): Problem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key', isKey: true }));
  }
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((branch) => branch.every(({ path: deeper }) => deeper.length > 1));
    if (meant !== undefined) return meant.flatMap((nested) => problemsOf(nested, path));
  }
  return [{ path, message: issue.message }];
}

/** Lists do not merge, so inside one only the first file that has it counts. */
function authorities(path: readonly PropertyKey[], documents: readonly YamlDocument[]): readonly YamlDocument[] {
  const index = path.findIndex((part) => typeof part === 'number');
  if (index === -1) return documents;
  const owner = documents.find((document) => document.locate(path.slice(0, index)) !== undefined);
  return owner === undefined ? documents : [owner];
}

/** Where to point: at the value, or, where it is missing, at the innermost map that should have it. */
function locate({ path, isKey }: Problem, documents: readonly YamlDocument[]): string {
  const candidates = authorities(path, documents);
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    for (const document of candidates) {
      const place = isKey && length === path.length ? document.locateKey(part) : document.locate(part);
      if (place !== undefined) return place;
    }
  }
  return `${documents[0]?.file}:1:1`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/**
 * One line per problem, `FILE:LINE:COLUMN: path: message`, in the order of the files.
 * @param documents the file first, then what it extends, inwards: a value stands in the first that has it.
 * @param meant the key that was probably meant by an unknown one.
 */
export function describeIssues(
  issues: readonly Issue[],
  documents: readonly YamlDocument[],
  meant: (path: readonly PropertyKey[]) => string | undefined = () => undefined,
): string[] {
  const lines = issues
    .flatMap((issue) => problemsOf(issue))
    .map((problem) => {
      const key = problem.isKey ? meant(problem.path) : undefined;
      const suggestion = key === undefined ? '' : `; did you mean ${key}?`;
      return `${locate(problem, documents)}: ${pathText(problem.path)}: ${problem.message}${suggestion}`;
    });
  return documents.flatMap(({ file }) => inOrder(lines, file));
}

/** The lines `FILE:LINE:COLUMN: …` of one file, from its beginning to its end. */
export function inOrder(lines: readonly string[], file: string): string[] {
  const places = lines.flatMap((text) => {
    const [, line, column] = /^:(\d+):(\d+): /.exec(text.startsWith(file) ? text.slice(file.length) : '') ?? [];
    return line === undefined ? [] : [{ text, line: Number(line), column: Number(column) }];
  });
  return places.toSorted((a, b) => a.line - b.line || a.column - b.column).map(({ text }) => text);
}
