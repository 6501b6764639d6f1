import { z } from 'zod';
import { esp32MqttsProfile } from './esp32-mqtts/index.ts';

const members = [esp32MqttsProfile] as const;
const names = members.flatMap(({ shape }) => [...shape.firmware.values]);

/** Validates a profile as it stands in YAML, by its `firmware`; the output carries bytes where YAML has hexadecimal text. */
export const profileSchema = z.discriminatedUnion(
  'firmware',
  members,
  `expected the name of a firmware: ${names.join(', ')}`,
);

export type Profile = z.output<typeof profileSchema>;
