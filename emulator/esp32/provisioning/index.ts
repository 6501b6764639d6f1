export { type ChipConfiguration, configure } from './configure.ts';
export { type Credentials, type IoProtection, provision } from './provision.ts';
