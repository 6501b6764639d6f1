// The reference back end is ./noble.ts, a face of its own: importing it costs 70 ms and 10 MB that a run on Node has no use for.
export { nodeCrypto } from './node.ts';
export type { ChipCrypto } from './port.ts';
export { sha1 } from './sha1.ts';
