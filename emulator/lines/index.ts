export { type Line, LineReader } from './line-reader.ts';
