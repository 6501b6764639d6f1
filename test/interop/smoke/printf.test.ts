import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDouble } from '../../../emulator/printf/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { requireProgram } from '../../support/interop.ts';

const gcc = requireProgram('gcc', ['--version']);

/** Reads lines of a double's 64 bits in hexadecimal and a precision, and prints the double with that precision. */
const PROGRAM = `
#include <stdint.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  uint64_t bits;
  int precision;
  while (scanf("%" SCNx64 " %d", &bits, &precision) == 2) {
    double value;
    memcpy(&value, &bits, sizeof value);
    printf("%.*f\\n", precision, value);
  }
  return 0;
}
`;

describe.skipIf(gcc === undefined)('C’s printf', () => {
  let directory = '';

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'twinfleet-printf-'));
    writeFileSync(join(directory, 'printf.c'), PROGRAM);
    const { status, stderr } = spawnSync(gcc ?? '', ['-o', 'printf', 'printf.c'], { cwd: directory, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Formats all of `values` in C and here; the first difference fails. */
  function expectSame(values: readonly number[], precision: number): void {
    const input = values.map((value) => `${bitsOf(value)} ${precision}\n`).join('');
    const { stdout } = spawnSync(join(directory, 'printf'), { input, encoding: 'utf8', maxBuffer: 1 << 28 });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(values.length);
    const differs = values.findIndex((value, index) => formatDouble(value, precision) !== lines[index]);
    expect(differs === -1 ? undefined : { value: values[differs], c: lines[differs] }).toBeUndefined();
  }

  const rng = rootRng('printf');

  it.each([0, 1, 2, 6, 15])('agrees on any double, with %i digits', (precision) => {
    const bytes = new DataView(rng.bytes(8 * 5000).buffer);
    const values = Array.from({ length: 5000 }, (_, index) => bytes.getFloat64(8 * index));
    // The sign of a NaN cannot be seen from JavaScript.
    expectSame(
      values.filter((value) => !Number.isNaN(value)),
      precision,
    );
  });

  it.each([0, 1, 2, 6])('agrees on ties and their neighbours, with %i digits', (precision) => {
    const ties = Array.from({ length: 3000 }, (_, index) => {
      const odd = 2 * Math.floor(rng.fraction() * 2 ** (1 + (index % 45))) + 1;
      return (index % 2 === 0 ? odd : -odd) / 2 ** (precision + 1);
    });
    expectSame(
      ties.flatMap((tie) => [tie, tie * (1 + 2 ** -52), tie * (1 - 2 ** -53)]),
      precision,
    );
  });

  it('agrees on what a sensor measures', () => {
    const between = (low: number, high: number) =>
      Array.from({ length: 2000 }, () => low + (high - low) * rng.fraction());
    expectSame([...between(-40, 85), ...between(300, 1100), ...between(0, 100)], 6);
    expectSame([...between(-40, 85), ...between(300, 1100), ...between(0, 100)], 2);
  });

  it('agrees on the doubles with a name', () => {
    const named = [0, -0, 0.5, 1.5, 1e21, 1e22, 1e23, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE];
    expectSame([...named, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN], 6);
  });
});

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}
