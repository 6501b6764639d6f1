export { type ChipConfiguration, configure } from './configure.ts';
export { type Credentials, type IoProtectionKey, provision } from './provision.ts';
