export { CHIP_CONFIG, CHIP_EXEC, CHIP_ROOT, CHIP_TRACE } from './commands.ts';
