import type { ProvisioningStep } from '../host-library/index.ts';

/** What the firmware prints as each step begins, to the letter. */
export const STEP_TEXTS: Readonly<Record<ProvisioningStep, string>> = {
  writeRootKey: 'Writing Root Public Key\n',
  writeSerialNumber: '',
  // Of the step before, which is complete when this one begins.
  writeSigner: 'device sn provisioning complete.\nWriting Signer Certificate\n',
  writeDevice: 'Writing Device Certificate\n',
  readSigner: 'Reading Signer Certificate\n',
  compareSigner: 'Comparing Signer Certificate\n',
  readDevice: 'Reading Device Certificate\n',
  compareDevice: 'Comparing Device Certificate\n',
};

/** What it prints where a step fails, in front of the reason. */
export const FAILURE_TEXTS: Readonly<Record<ProvisioningStep | 'init', string>> = {
  init: 'Failed to init',
  writeRootKey: 'Failed to write root ca public key',
  writeSerialNumber: 'Failed to write device sn',
  writeSigner: 'Failed to write signer certificate',
  writeDevice: 'Failed to write device certificate',
  readSigner: 'Failed to read signer certificate',
  // [sic], twice.
  compareSigner: 'Signer certificate missmatch',
  readDevice: 'Failed to read device certificate',
  compareDevice: 'Device certificate missmatch',
};

export const PROVISIONING_BEGINS = '\nprovisioning start\n';
export const PROVISIONING_SUCCEEDED = '\nDevice Provisioning Successful!\n';
export const PROVISIONING_FAILED = '\nDevice Provisioning failed!\n';
