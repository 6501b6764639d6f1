import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.keys(exports).filter((name) => name !== './package.json');

/** What a program prints that lies in the package, where `twinfleet/…` means this package by its own exports. */
function printed(program: string): unknown {
  const options = { cwd: root, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], options));
}

test('every export of the package can be imported, and has its types', () => {
  const specifiers = names.map((name) => name.replace('.', 'twinfleet'));
  const program = `
    const faces = await Promise.all(${JSON.stringify(specifiers)}.map((name) => import(name)));
    console.log(JSON.stringify(faces.map((face) => Object.keys(face).length > 0)));`;
  expect(printed(program)).toEqual(names.map(() => true));
  expect(names.filter((name) => !existsSync(join(root, exports[name].types)))).toEqual([]);
});

test('a mistake is an instance of the EmuError that the package exports', () => {
  const program = `
    import { factoryMemory } from 'twinfleet/atecc608';
    import { EmuError } from 'twinfleet/errors';
    try {
      factoryMemory({ serialNumber: new Uint8Array(8) });
    } catch (error) {
      console.log(JSON.stringify([error instanceof EmuError, error.code]));
    }`;
  expect(printed(program)).toEqual([true, 'EMU_E_CHIP_SERIAL']);
});
