export { buildNative, type NativeCode } from './build.ts';
export type { Complaints } from './compiler.ts';
