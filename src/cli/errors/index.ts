export { descriptorLimit } from './descriptors.ts';
export { EXIT } from './exit-codes.ts';
export { printError, reportError } from './print-error.ts';
export { quoted, usageError } from './usage.ts';
