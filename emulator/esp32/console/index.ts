export { type ConsoleFacts, FirmwareConsole } from './console.ts';
