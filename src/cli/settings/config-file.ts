import { EmuError } from '../../../emulator/errors.ts';
import { nearest } from '../../base/index.ts';
import { type DocumentKind, describeIssues, readDocument } from '../../yaml/index.ts';
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

const CONFIG: DocumentKind = {
  noun: 'settings file',
  mayBeEmpty: true,
  unreadable: (message, file, cause) =>
    new EmuError('EMU_E_CONFIG_FILE', message, { value: file, cause, hint: 'Check the path and who may read it.' }),
  invalid: ([first = '', ...others]) =>
    new EmuError('EMU_E_CONFIG_INVALID', first, {
      value: [first, ...others],
      hint:
        others.length > 0
          ? `${others.length} more: ${others.join('; ')}`
          : 'Each command has a section with the long names of its options: run: { count: 500 }',
    }),
};

/** The settings that `file` has for a command; all of the file must be right, whichever command is called. */
export function readConfig(file: string, command: Command): ReadonlyMap<string, FileSetting> {
  const document = readDocument(file, CONFIG);
  const result = configSchema(COMMANDS, GROUPS).safeParse(document.contents);
  if (!result.success) throw CONFIG.invalid(describeIssues(result.error.issues, [document], meantBy));
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
