export { buildPreload } from './build-preload.ts';
export { type Obstacle, obstacleTo } from './reach.ts';
export { type ProgramEnd, type ProgramRequest, type ProgramSurroundings, runProgram } from './run-program.ts';
