import { z } from 'zod';
import { type Command, type CommandOption, optionsOf } from '../command/index.ts';

/** A setting is text, or a number that is read as the text it is written in; what may stand without a value is true or false. */
function settingOf({ flag, bare, describe, values }: CommandOption) {
  if (flag) return z.boolean('expected true or false').describe(describe);
  if (bare) return z.union([z.string().min(1), z.boolean()], 'expected text, true or false').describe(describe);
  const text = z.union([z.string().min(1), z.number()], 'expected text or a number').describe(describe);
  return values === undefined ? text : text.meta({ examples: [...values()] });
}

/** A map of settings. One that nothing stands in yet is as good as none. */
function mapOf(shape: Record<string, z.ZodType>, description: string) {
  return z.strictObject(shape, 'expected a map of settings').nullish().describe(description);
}

function sectionOf(command: Command) {
  const shape: Record<string, z.ZodType> = {};
  for (const [name, option] of Object.entries(optionsOf(command))) {
    if (name !== 'config') shape[name] = settingOf(option).optional();
  }
  return mapOf(shape, command.summary);
}

/**
 * The settings file: a section for each command, named by its words, with the long names of its options. Made from the
 * same tables as the command line.
 */
export function configSchema(commands: readonly Command[], groups: Readonly<Record<string, string>>): z.ZodType {
  const format = z.literal(1, 'expected 1').optional().describe('the version of this format');
  const shape: Record<string, z.ZodType> = { format };
  for (const [group, summary] of Object.entries(groups)) {
    const sections = commands.filter(({ words }) => words[0] === group && words[1] !== undefined);
    shape[group] = mapOf(
      Object.fromEntries(sections.map((command) => [command.words[1], sectionOf(command)])),
      summary,
    );
  }
  for (const command of commands) {
    if (command.words[1] === undefined) shape[command.words[0]] = sectionOf(command);
  }
  return z.strictObject(shape).describe('Settings of emu: the file that --config names');
}

/** The same as JSON Schema, for editors. */
export function configFileSchema(...tables: Parameters<typeof configSchema>): object {
  return z.toJSONSchema(configSchema(...tables), { io: 'input', target: 'draft-07' });
}
