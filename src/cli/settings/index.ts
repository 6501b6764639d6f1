export { unknownVariables } from './environment.ts';
export { resolveSettings, type Settings } from './settings.ts';
