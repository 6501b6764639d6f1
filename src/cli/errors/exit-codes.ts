import type { EmuError } from '../../../emulator/errors.ts';

/** The exit status of the program. */
export const EXIT = {
  /** The run ended, every device connected at least once, and was connected at the end. */
  ok: 0,
  /** Some device never connected or was not connected at the end, a part of the run died, or emu itself failed. */
  failed: 1,
  usage: 2,
  /** An invalid profile, scenario or fleet. */
  invalid: 104,
  /** Interrupted; the summary was printed. */
  interrupted: 105,
  /** No TCP connection was ever accepted. */
  unreachable: 107,
} as const;

const BY_CODE: readonly (readonly [prefix: string, exit: number])[] = [
  ['EMU_E_USAGE', EXIT.usage],
  ['EMU_E_CA_', EXIT.usage],
  ['EMU_E_CONFIG_', EXIT.usage],
  ['EMU_E_PROFILE', EXIT.invalid],
  ['EMU_E_FLEET', EXIT.invalid],
  ['EMU_E_BOARD_STATE', EXIT.invalid],
  ['EMU_E_CLOUD_STATE', EXIT.invalid],
  ['EMU_E_PROBE_UNREACHABLE', EXIT.unreachable],
];

export function exitCodeOf(error: Pick<EmuError, 'code'>): number {
  return BY_CODE.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? EXIT.failed;
}
