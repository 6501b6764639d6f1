export { FLEET_EXPORT, FLEET_LIST, FLEET_REPAIR, FLEET_SHOW } from './commands.ts';
export { FLEET_CREATE } from './create-command.ts';
