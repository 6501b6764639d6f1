import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { obstacleTo } from '../../../src/board/exec/index.ts';
import { requireProgram } from '../../support/interop.ts';
import { compileCalls } from '../../support/preload.ts';

const directory = mkdtempSync(join(tmpdir(), 'twinfleet-reach-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface ElfParts {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  readonly interpreter?: boolean;
  /** The owner of a note. */
  readonly note?: string;
}

/** The head of an ELF file with the given program headers, as the System V ABI's chapters 4 and 5 draw them. */
function elf({ bits = 64, bigEndian = false, interpreter = false, note }: ElfParts): Buffer {
  const [headSize, entrySize] = bits === 64 ? [64, 56] : [52, 32];
  const types = [1, ...(interpreter ? [3] : []), ...(note === undefined ? [] : [4])];
  const notesAt = headSize + entrySize * types.length;
  const file = Buffer.alloc(notesAt + 64);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const half = (at: number, value: number) => view.setUint16(at, value, !bigEndian);
  const word = (at: number, value: number) => view.setUint32(at, value, !bigEndian);
  const address = (at: number, value: number) =>
    bits === 64 ? view.setBigUint64(at, BigInt(value), !bigEndian) : word(at, value);
  file.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, bigEndian ? 2 : 1, 1]);
  address(bits === 64 ? 32 : 28, headSize);
  half(bits === 64 ? 54 : 42, entrySize);
  half(bits === 64 ? 56 : 44, types.length);
  types.forEach((type, index) => {
    const entry = headSize + entrySize * index;
    word(entry, type);
    address(entry + (bits === 64 ? 8 : 4), notesAt);
    address(entry + (bits === 64 ? 32 : 16), 64);
  });
  // Another note before it, of a name and a description that are padded.
  [4, 3, 1].forEach((value, index) => void word(notesAt + 4 * index, value));
  file.write('GNU\0', notesAt + 12);
  [4, 8, 4].forEach((value, index) => void word(notesAt + 20 + 4 * index, value));
  file.write((note ?? '').padEnd(4, '\0'), notesAt + 32);
  return file;
}

function program(name: string, contents: Buffer | string): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  chmodSync(path, 0o755);
  return path;
}

const obstacle = (path: string, environment: NodeJS.ProcessEnv = process.env) => obstacleTo(path, environment);

describe('obstacleTo', () => {
  it.each([[{}], [{ bits: 32 }], [{ bits: 32, bigEndian: true }], [{ bigEndian: true }], [{ note: 'ABI' }]] as const)(
    'knows a static program: %j',
    (parts) => {
      const path = program('static', elf(parts));
      expect(obstacle(path)).toEqual({
        reason: `${path} is linked statically: /dev/i2c-N and /dev/ttyEMUN are not there for it, because no library can be preloaded`,
        hint: expect.stringMatching(/^Link it dynamically, or let it speak TCP to the ports in EMU_BOARD_I2C, /),
      });
    },
  );

  it.each([[{}], [{ bits: 32, bigEndian: true }]] as const)('knows a Go program: %j', (parts) => {
    const plain = program('go', elf({ ...parts, note: 'Go' }));
    expect(obstacle(plain)?.reason).toContain('is linked statically, as Go programs without cgo are: ');
    expect(obstacle(plain)?.hint).toMatch(/^Link it dynamically and use the device from C, or let it speak TCP /);
    const withC = program('cgo', elf({ ...parts, note: 'Go', interpreter: true }));
    expect(obstacle(withC)?.reason).toMatch(/is a Go program: .* are there for its C code alone/);
    expect(obstacle(withC)?.hint).toMatch(/^Use the device from C, or let it speak TCP /);
  });

  it.each([
    ['dynamic', elf({ interpreter: true })],
    ['of another kind', elf({ interpreter: true, note: 'stapsdt' })],
    ['a script', '#!/bin/sh\n'],
    ['empty', ''],
    ['cut off', elf({}).subarray(0, 40)],
  ])('has nothing against a program that is %s', (_what, contents) => {
    expect(obstacle(program('other', contents))).toBeUndefined();
  });

  it('says nothing of what is no program', () => {
    expect(obstacle(join(directory, 'none'))).toBeUndefined();
    expect(obstacle(directory)).toBeUndefined();
    expect(obstacle('no-such-program')).toBeUndefined();
  });

  it('looks for the program where the system does', () => {
    program('on-path', elf({}));
    expect(obstacle('on-path', { PATH: `/nowhere:${directory}` })?.reason).toMatch(/^on-path is linked statically/);
    expect(obstacle('on-path', { PATH: '/nowhere' })).toBeUndefined();
  });
});

const gcc = requireProgram('gcc', ['--version']);

describe.skipIf(gcc === undefined)("obstacleTo, of a compiler's programs", () => {
  it.each([
    ['-static', true],
    ['-static-pie', true],
    ['-pie', false],
    ['-no-pie', false],
  ])('%s', (flag, expected) => {
    const path = join(directory, `calls${flag}`);
    compileCalls(gcc ?? '', path, [flag, ...(flag.endsWith('-pie') ? ['-fPIE'] : [])]);
    expect(obstacle(path) !== undefined).toBe(expected);
  });
});
