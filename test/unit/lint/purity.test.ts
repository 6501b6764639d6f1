import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../../..');

interface Diagnostic {
  readonly category: string;
  readonly severity: string;
  readonly location: { readonly path: string };
}

/** What lint must refuse: where the code stands, the code, and the rule that must speak. */
const offences: readonly (readonly [path: string, code: string, rule: string])[] = [
  ['emulator/tls/a.ts', "import { connect } from 'node:net';\nconnect(1);", 'noRestrictedImports'],
  ['emulator/tls/b.ts', "import type { Socket } from 'node:net';\nexport type S = Socket;", 'noRestrictedImports'],
  ['emulator/tls/c.ts', "import { Aedes } from 'aedes';\nnew Aedes();", 'noRestrictedImports'],
  ['emulator/tls/d.ts', "import { sign } from 'node:crypto';\nsign(null, a, b);", 'noRestrictedImports'],
  ['emulator/atecc608/a.ts', "import { sign } from 'node:crypto';\nsign(null, a, b);", 'noRestrictedImports'],
  ['emulator/atecc608/b.ts', "import { Duplex } from 'node:stream';\nnew Duplex();", 'noRestrictedImports'],
  ['emulator/i2c/a.ts', "import { readFileSync } from 'fs';\nreadFileSync('');", 'noRestrictedImports'],
  ['emulator/i2c/b.ts', "export * from 'node:fs/promises';", 'noRestrictedImports'],
  ['emulator/i2c/c.ts', "import { run } from '../../src/run/index.ts';\nrun();", 'noRestrictedImports'],
  ['emulator/i2c/d.ts', "import { noble } from '../crypto/noble.ts';\nnoble();", 'noRestrictedImports'],
  ['emulator/i2c/e.ts', "export const load = () => import('node:fs');", 'plugin'],
  ['emulator/i2c/f.ts', 'export const here = import.meta.dirname;', 'plugin'],
  ['emulator/clock/a.ts', 'export const now = () => Date.now();', 'noRestrictedGlobals'],
  ['emulator/clock/b.ts', 'export const now = () => new Date();', 'noRestrictedGlobals'],
  ['emulator/clock/c.ts', 'export const now = () => performance.now();', 'noRestrictedGlobals'],
  ['emulator/clock/d.ts', 'setTimeout(() => {}, 1);', 'noRestrictedGlobals'],
  ['emulator/clock/e.ts', 'setInterval(() => {}, 1);', 'noRestrictedGlobals'],
  ['emulator/clock/f.ts', 'setImmediate(() => {});', 'noRestrictedGlobals'],
  ['emulator/clock/g.ts', 'export const now = () => globalThis.Date.now();', 'noRestrictedGlobals'],
  ['emulator/clock/h.ts', 'export const now = () => process.hrtime();', 'noRestrictedGlobals'],
  ['emulator/clock/i.ts', "fetch('http://localhost');", 'noRestrictedGlobals'],
  ['emulator/rng/a.ts', 'export const draw = () => Math.random();', 'plugin'],
  ['emulator/rng/b.ts', "export const draw = () => Math['random']();", 'plugin'],
  ['emulator/rng/c.ts', 'export const draw = () => Math?.random();', 'plugin'],
  ['emulator/rng/d.ts', 'export const { random } = Math;', 'plugin'],
  ['emulator/rng/e.ts', 'const m = Math;\nexport const draw = () => m.random();', 'plugin'],
  ['emulator/rng/f.ts', 'export const draw = () => crypto.getRandomValues(new Uint8Array(1));', 'noRestrictedGlobals'],
  ['emulator/crypto/a.ts', "import { randomBytes } from 'node:crypto';\nrandomBytes(1);", 'noRestrictedImports'],
  ['emulator/crypto/b.ts', "import * as c from 'node:crypto';\nc.randomBytes(1);", 'plugin'],
  ['emulator/crypto/c.ts', "import { createECDH } from 'node:crypto';\ncreateECDH('x').generateKeys();", 'plugin'],
  ['emulator/crypto/d.ts', "import { connect } from 'node:tls';\nconnect(1);", 'noRestrictedImports'],
  ['src/cli/run/a.ts', "export const print = () => process.stdout.write('x');", 'noRestrictedGlobals'],
  ['src/cli/b.ts', 'export const debug = process.env.EMU_DEBUG;', 'noRestrictedGlobals'],
  ['src/cli/c.ts', "import { env } from 'node:process';\nexport const debug = env.EMU_DEBUG;", 'noRestrictedImports'],
  ['src/cli/d.ts', "console.log('x');", 'noRestrictedGlobals'],
  ['src/cli/e.ts', 'export const debug = globalThis.process.env;', 'noRestrictedGlobals'],
  ['src/report/a.ts', "process.on('SIGINT', () => {});", 'noRestrictedGlobals'],
  ['src/chip/a.ts', "process.stderr.write('x');", 'noRestrictedGlobals'],
  ['src/board/exec/a.ts', 'export const { CC } = process.env;', 'noRestrictedGlobals'],
  ['src/run/a.ts', "import { table } from '../../emulator/atecc608/table.ts';\ntable();", 'noRestrictedImports'],
];

/** Code that the rules must leave alone. */
const clean: readonly (readonly [path: string, code: string])[] = [
  [
    'emulator/atecc608/clean.ts',
    [
      "import { sha256 } from '@noble/hashes/sha2.js';",
      "import { EmuError } from '../errors.ts';",
      "import type { I2cTarget } from '../i2c/index.ts';",
      "import { zones } from './zones.ts';",
      "import { size } from './commands/size.ts';",
      'export const a = (t: I2cTarget) => [Math.floor(Math.max(1, 2)), sha256, EmuError, zones, size, t];',
      'export const b = (rng: { random(): number }) => rng.random();',
    ].join('\n'),
  ],
  [
    'emulator/host-library/driver/clean.ts',
    "import { EmuError } from '../../errors.ts';\nthrow new EmuError('EMU_E_X', 'x');",
  ],
  ['emulator/tls/clean.ts', "import { Duplex } from 'node:stream';\nnew Duplex();"],
  ['emulator/crypto/clean.ts', "import { createECDH } from 'node:crypto';\ncreateECDH('x').setPrivateKey(k);"],
  ['src/cli/emu.ts', 'process.exit(await main(process.argv.slice(2), process));'],
  ['src/cli/io/clean.ts', 'export const io = (process: NodeJS.Process) => ({ stdout: process.stdout });'],
  ['src/cli/clean.ts', "import { connect } from 'node:net';\nsetTimeout(connect, Date.now() + Math.random());"],
];

let directory: string;
let byFile: Map<string, Set<string>>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'purity-'));
  cpSync(join(repository, 'biome.json'), join(directory, 'biome.json'));
  cpSync(join(repository, 'lint'), join(directory, 'lint'), { recursive: true });
  for (const [path, code] of [...offences, ...clean]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), `${code}\n`);
  }
  byFile = new Map();
  for (const { category, severity, location } of lint()) {
    if (severity !== 'error') continue;
    const rules = byFile.get(location.path) ?? new Set();
    byFile.set(location.path, rules.add(category.slice(category.lastIndexOf('/') + 1)));
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function lint(): Diagnostic[] {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const options = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
  try {
    execFileSync(process.execPath, [biome, ...options], { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
  } catch (refused) {
    return JSON.parse((refused as { stdout: string }).stdout).diagnostics;
  }
  throw new Error('Biome found nothing to refuse');
}

test.each(offences)('%s is refused: %s', (path, _code, rule) => {
  expect([...(byFile.get(path) ?? [])]).toContain(rule);
});

test.each(clean)('%s is accepted', (path) => {
  expect(byFile.get(path)).toBeUndefined();
});
