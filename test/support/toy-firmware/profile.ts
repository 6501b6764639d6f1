import { z } from 'zod';
import { profileParts } from '../../../emulator/device/index.ts';

/** A device without a sensor: it says that it is there, once a period. */
export const toyProfile = z.strictObject({
  ...profileParts.head,
  firmware: z.literal('toy'),
  chip: profileParts.chip,
  certificates: profileParts.certificates,
  tls: profileParts.tls,
  beacon: z.strictObject({ topic: profileParts.topicName, periodMs: profileParts.milliseconds(1) }),
});

export type ToyProfile = z.output<typeof toyProfile>;
