export { type Invocation, parseCommandLine } from './parse.ts';
