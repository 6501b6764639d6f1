import { EmuError } from '../../emulator/errors.ts';
import type { DocumentKind } from '../yaml/index.ts';

/** A profile as a YAML file. */
export const PROFILE: DocumentKind = {
  noun: 'profile',
  unreadable: (message, file, cause) => new EmuError('EMU_E_PROFILE_FILE', message, { value: file, cause }),
  /** Every problem a line of `FILE:LINE:COLUMN: what`, the first of them the message. */
  invalid([first = '', ...others]) {
    return new EmuError('EMU_E_PROFILE_INVALID', first, {
      value: [first, ...others],
      ...(others.length > 0 && { hint: `${others.length} more: ${others.join('; ')}` }),
    });
  },
};
