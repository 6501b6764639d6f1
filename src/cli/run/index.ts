export { RUN } from './run-command.ts';
export { DEFAULTS, RUN_OPTIONS } from './run-options.ts';
export { runRequest } from './run-request.ts';
