import { z } from 'zod';
import { profileParts } from '../../device/index.ts';

const { busClockHz, text } = profileParts;

/** Azure's Device Provisioning Service, as the firmware is built for it. */
const dps = z.strictObject({
  /** Which of the service's instances is meant. */
  idScope: text.min(1).max(128),
  apiVersion: text.min(1).max(64),
});

const sensor = z.strictObject({ busClockHz, address: z.literal([0x76, 0x77], 'a BME280 is at 0x76 or 0x77') });

export const azureDpsProfile = z.strictObject({
  ...profileParts.head,
  firmware: z.literal('azure-dps'),
  chip: profileParts.chip,
  certificates: profileParts.certificates,
  tls: profileParts.tls,
  dps,
  sensor,
});

export type AzureDpsProfile = z.output<typeof azureDpsProfile>;
