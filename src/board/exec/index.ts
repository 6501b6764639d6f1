export { buildPreload } from './build-preload.ts';
export { type ProgramEnd, type ProgramRequest, runProgram } from './run-program.ts';
