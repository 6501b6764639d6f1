export { type Interrupt, onInterrupt } from './interrupt.ts';
export type { Environment, Io, SignalName } from './io.ts';
export { processIo } from './process-io.ts';
