export { FIRMWARE_HEADERS } from './commands.ts';
export { FIRMWARE_RUN } from './run-command.ts';
