type Environment = Readonly<Record<string, string | undefined>>;

/** The word that called this program, for lines to paste: npx runs `emu` from a package without putting it on the PATH. */
export function calledAs(environment: Environment = process.env): 'emu' | 'npx emu' {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = environment;
  return event === 'npx' && /^["']?emu\b/.test(script) ? 'npx emu' : 'emu';
}
