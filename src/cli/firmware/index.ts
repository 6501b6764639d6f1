export { FIRMWARE_HEADERS } from './commands.ts';
