import { EmuError } from '../../../emulator/errors.ts';

interface ProcessLimits {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } };
}

/** How many descriptors this process may open; infinite where the system has no such limit. */
export function descriptorLimit(): number {
  // biome-ignore lint/style/noRestrictedGlobals: a limit of the process that nothing else gives.
  const soft = (process.report.getReport() as ProcessLimits).userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}

/** What Node's EMFILE means to who started the program: its own files alone were too many. */
export function noDescriptorsLeft(): EmuError {
  const limit = descriptorLimit();
  return new EmuError(
    'EMU_E_DESCRIPTORS',
    `emu itself needs more than the ${limit} file descriptors that are allowed`,
    {
      value: limit,
      hint: 'Raise the hard limit (as root: ulimit -Hn 1024; or LimitNOFILE= of the service).',
    },
  );
}
