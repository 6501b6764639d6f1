import { EmuError } from '../../../emulator/errors.ts';
import { nearest } from '../../base/index.ts';
import { type DocumentKind, describeIssues, inOrder, readDocument, type YamlDocument } from '../../yaml/index.ts';
import { type Command, optionsOf } from '../command/index.ts';
import { COMMANDS, GROUPS } from '../commands.ts';
import { configSchema } from './config-schema.ts';

/** A setting as a file has it. */
export interface FileSetting {
  /** The text as written, or whether the option is on. */
  readonly value: string | boolean;
  /** `FILE:LINE:COLUMN` */
  readonly place: string;
}

/** What to do about a mistake that says no more itself. */
const LAYOUT = 'Each command has a section with the long names of its options: run: { count: 500 }';

function invalid([first = '', ...others]: readonly string[], hint = LAYOUT): EmuError {
  return new EmuError('EMU_E_CONFIG_INVALID', first, {
    value: [first, ...others],
    hint: others.length > 0 ? `${others.length} more: ${others.join('; ')}` : hint,
  });
}

const CONFIG: DocumentKind = {
  noun: 'settings file',
  mayBeEmpty: true,
  unreadable: (message, file, cause) =>
    new EmuError('EMU_E_CONFIG_FILE', message, { value: file, cause, hint: 'Check the path and who may read it.' }),
  invalid,
};

/** The settings that `file` has for a command; all of the file must be right, whichever command is called. */
export function readConfig(file: string, command: Command): ReadonlyMap<string, FileSetting> {
  const document = readDocument(file, CONFIG);
  const result = configSchema(COMMANDS, GROUPS).safeParse(document.contents);
  const issues = result.success ? [] : describeIssues(result.error.issues, [document], meantBy);
  const wrong = wrongValues(document);
  const problems = inOrder([...issues, ...wrong.map(({ problem }) => problem)], file);
  if (problems.length > 0) throw invalid(problems, wrong[0]?.hint);
  const settings = new Map<string, FileSetting>();
  for (const [name, { flag, bare }] of Object.entries(optionsOf(command))) {
    const path = [...command.words, name].filter((part) => part !== undefined);
    const text = document.textOf(path);
    const place = document.locate(path);
    if (text === undefined || place === undefined) continue;
    const isSwitch = flag || (bare && /^(true|false)$/i.test(text));
    settings.set(name, { value: isSwitch ? text.toLowerCase() === 'true' : text, place });
  }
  return settings;
}

/** Values of the right kind that their options do not take. */
function wrongValues(document: YamlDocument): { readonly problem: string; readonly hint: string | undefined }[] {
  return COMMANDS.flatMap(({ words, options }) =>
    Object.entries(options).flatMap(([name, { check }]) => {
      const path = [...words, name].filter((part) => part !== undefined);
      const value = path.reduce<unknown>(
        (map, part) => (map as Record<string, unknown> | null)?.[part],
        document.contents,
      );
      const isText = (typeof value === 'string' && value !== '') || Number.isFinite(value);
      if (check === undefined || !isText) return [];
      try {
        check(document.textOf(path) ?? '');
        return [];
      } catch (error) {
        if (!(error instanceof EmuError)) throw error;
        const message = error.message.replace(new RegExp(`^--${name}:? `), '').replaceAll(`--${name}`, name);
        return [{ problem: `${document.locate(path)}: ${path.join('.')}: ${message}`, hint: error.hint }];
      }
    }),
  );
}

/** The option or section that an unknown key resembles, or stands for where two words are one key. */
function meantBy(path: readonly PropertyKey[]): string | undefined {
  const key = String(path.at(-1));
  const [group, word] = COMMANDS.find(({ words }) => words.join(' ') === path.join(' '))?.words ?? [];
  if (path.length === 1 && word !== undefined) return `${group}: { ${word}: … }`;
  const section = path.slice(0, -1).join(' ');
  const command = COMMANDS.find(({ words }) => words.join(' ') === section);
  if (command !== undefined)
    return nearest(
      key,
      Object.keys(optionsOf(command)).filter((name) => name !== 'config'),
    );
  const depth = path.length - 1;
  const sections = COMMANDS.filter(({ words }) => words.slice(0, depth).join(' ') === section);
  return nearest(
    key,
    sections.flatMap(({ words }) => words[depth] ?? []),
  );
}
