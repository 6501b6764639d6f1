import type { Environment } from './io/index.ts';

/** The word that called this program, for lines to paste: npx runs `emu` from a package without putting it on the PATH. */
export function calledAs(environment: Environment): 'emu' | 'npx emu' {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = environment;
  return event === 'npx' && /^["']?emu\b/.test(script) ? 'npx emu' : 'emu';
}
