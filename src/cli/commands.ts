import type { Command } from './command.ts';
import { RUN } from './run-command.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [RUN];

/** What the first word stands for where commands have two. */
export const GROUPS: Readonly<Record<string, string>> = {};
