import { expect, test } from 'vitest';
import { calledAs } from '../../../src/cli/called-as.ts';

test.each([
  [{}, 'emu'],
  [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: "'emu'" }, 'npx emu'],
  [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: 'emu run' }, 'npx emu'],
  [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: 'vitest run' }, 'emu'],
  [{ npm_lifecycle_event: 'load', npm_lifecycle_script: 'emu run' }, 'emu'],
] as const)('with %o a line to paste begins with %s', (environment, word) => {
  expect(calledAs(environment)).toBe(word);
});
