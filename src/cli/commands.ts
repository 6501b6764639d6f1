import { BOARD } from './board/index.ts';
import { CHIP_CONFIG, CHIP_EXEC, CHIP_ROOT, CHIP_TRACE } from './chip/index.ts';
import { CLOUD } from './cloud/index.ts';
import type { Command } from './command/index.ts';
import { FIRMWARE_HEADERS, FIRMWARE_RUN } from './firmware/index.ts';
import { FLEET_CREATE, FLEET_EXPORT, FLEET_LIST, FLEET_REPAIR, FLEET_SHOW } from './fleet/index.ts';
import { RUN } from './run/index.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  FLEET_CREATE,
  FLEET_LIST,
  FLEET_SHOW,
  FLEET_EXPORT,
  FLEET_REPAIR,
  CHIP_CONFIG,
  CHIP_EXEC,
  CHIP_TRACE,
  CHIP_ROOT,
  BOARD,
  CLOUD,
  FIRMWARE_RUN,
  FIRMWARE_HEADERS,
];

/** What the first word stands for where commands have two. */
export const GROUPS: Readonly<Record<string, string>> = {
  fleet: 'create, inspect, split and repair persistent fleets',
  chip: 'inspect chips, their configurations and their traffic',
  firmware: 'build and run the firmware in C',
};
