import { BOARD } from './board-command.ts';
import { CHIP_CONFIG, CHIP_EXEC, CHIP_TRACE } from './chip-commands.ts';
import type { Command } from './command.ts';
import { FLEET_EXPORT, FLEET_LIST, FLEET_SHOW } from './fleet-commands.ts';
import { FLEET_CREATE } from './fleet-create-command.ts';
import { RUN } from './run-command.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  FLEET_CREATE,
  FLEET_LIST,
  FLEET_SHOW,
  FLEET_EXPORT,
  CHIP_CONFIG,
  CHIP_EXEC,
  CHIP_TRACE,
  BOARD,
];

/** What the first word stands for where commands have two. */
export const GROUPS: Readonly<Record<string, string>> = {
  fleet: 'make, look at and divide fleets that are kept',
  chip: 'look into chips, their configurations and their traffic',
};
