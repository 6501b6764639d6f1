export { CLOUD } from './command.ts';
