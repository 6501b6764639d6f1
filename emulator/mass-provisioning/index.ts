export { MassProvisioning, type MassProvisioningOptions, type SerialRequest } from './mass-provisioning.ts';
