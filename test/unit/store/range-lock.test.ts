import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../../../src/store/process-identity.ts';
import { lockRange } from '../../../src/store/range-lock.ts';
import { sealText, unsealText } from '../../../src/store/sealed-text.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-locks-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const lock = (from: number, to: number) => lockRange(directory, { from, to }, 'a test');
const names = () => readdirSync(join(directory, 'locks'));
const refused = (words: string) =>
  expect.objectContaining({ code: 'EMU_E_FLEET_LOCKED', message: expect.stringContaining(words) });

describe('claims on devices', () => {
  it.each<[string, [number, number], [number, number]]>([
    ['the last device of another', [0, 4], [3, 8]],
    ['the first device of another', [4, 10], [0, 5]],
    ['one device in the middle', [4, 10], [5, 6]],
    ['all of another', [4, 10], [0, 20]],
  ])('exclude one on %s', (_, first, second) => {
    lock(...first);
    expect(() => lock(...second)).toThrow(refused('are in use by a test (process '));
    expect(names()).toHaveLength(1);
  });

  it('stand beside those that begin where they end', () => {
    const claims = [lock(4, 8), lock(0, 4), lock(8, 9)];
    expect(names()).toHaveLength(3);
    for (const claim of claims) claim.release();
    expect(names()).toEqual([]);
  });

  /** Changes the claim that is there: who holds it. */
  function heldBy(change: Partial<ProcessIdentity>): void {
    const file = join(directory, 'locks', names()[0] ?? '');
    const claim = JSON.parse(unsealText(readFileSync(file, 'utf8')) ?? '');
    writeFileSync(file, sealText(JSON.stringify({ ...claim, ...change })));
  }

  it.each<[string, Partial<ProcessIdentity>]>([
    ['that ran before the machine started again, and had the number of this one', { boot: 'another boot' }],
    ['that ended, and whose number this one has now', { started: '1' }],
    ['that ended', { pid: 2 ** 22 + 1 }],
  ])('of a process %s are taken away', (_, holder) => {
    lock(0, 4);
    heldBy(holder);
    lock(0, 4);
    expect(names()).toHaveLength(1);
  });

  it('of a process in another container count, for it cannot be seen from here', () => {
    lock(0, 4);
    heldBy({ namespace: 'pid:[1]', pid: 2 ** 22 + 1 });
    expect(() => lock(0, 4)).toThrow(refused('devices 0 to 3 are in use'));
  });

  it('whose file is damaged count, for it is not known who holds them', () => {
    lock(0, 4);
    const file = join(directory, 'locks', names()[0] ?? '');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"from":0', '"from":9'));
    expect(() => lock(0, 4)).toThrow(refused('cannot be read, so it is not known who uses the fleet'));
  });
});
