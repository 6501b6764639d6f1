export { buildPreload, obstacleTo, runProgram } from './exec/index.ts';
export type { BoardRequest, ChipChoice, UartRequest } from './request.ts';
export { type RunningBoards, SERVICES, type ServedBoard, startBoards } from './start.ts';
