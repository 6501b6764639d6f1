export { CHIP_CONFIG, CHIP_EXEC, CHIP_TRACE } from './commands.ts';
