export { type ChipConfiguration, configure } from './configure.ts';
export {
  type Credentials,
  type IoProtectionKey,
  type ProvisioningStep,
  type ProvisioningTool,
  provision,
} from './provision.ts';
