export { BOARD } from './command.ts';
