export { buildNative, type NativeCode } from './build.ts';
