import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { dpsAnswer } from '../../emulator/firmware/azure-dps/dps-answer.ts';
import { REFUSALS, SERIAL } from '../support/azure-refusals.ts';
import { ASSIGNING, assignedTo, HUB, OPERATION } from '../support/azure-twin.ts';
import { requireProgram } from '../support/interop.ts';

const gcc = requireProgram('gcc', ['--version']);
const directory = mkdtempSync(join(tmpdir(), 'emu-answers-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SOURCES = [
  'firmware/test/programs/dps_answers.c',
  'firmware/profiles/azure-dps.c',
  ...['dps_answer', 'json', 'json_number', 'json_read', 'json_string', 'json_syntax', 'record'].map(
    (name) => `firmware/core/${name}.c`,
  ),
];

interface Answer {
  readonly topic: string;
  readonly body: Uint8Array;
}

function build(): string {
  const program = join(directory, 'dps-answers');
  const { status, stderr } = spawnSync('gcc', ['-std=c11', '-O1', '-Ifirmware/core', '-o', program, ...SOURCES]);
  expect([status, stderr.toString()]).toEqual([0, '']);
  return program;
}

/** What the firmware in C makes of them. */
function inC(program: string, answers: readonly Answer[]): string[] {
  const input = Buffer.concat(
    answers.flatMap(({ topic, body }) => {
      const name = Buffer.from(topic);
      const lengths = Buffer.alloc(8);
      lengths.writeUInt32BE(name.length, 0);
      lengths.writeUInt32BE(body.length, 4);
      return [lengths, name, body];
    }),
  );
  const { status, stdout } = spawnSync(program, { input, maxBuffer: 64 * 1024 * 1024 });
  expect(status).toBe(0);
  return stdout.toString('latin1').split('\n').slice(0, -1);
}

function inTheTwin({ topic, body }: Answer): string {
  const { outcome } = dpsAnswer(topic, body);
  switch (outcome.kind) {
    case 'putOff':
      return 'putOff';
    case 'assigning':
      return `assigning ${outcome.operationId}`;
    case 'assigned':
      return `assigned ${outcome.hub} ${outcome.deviceId}`;
    case 'refused':
      return `refused ${outcome.result}`;
  }
}

const words = fc.constantFrom(
  ...['assigning', 'assigned', 'failed', 'disabled', 'blacklisted', 'unassigned', 'Assigned', '', OPERATION, HUB],
  ...[SERIAL, 'a'.repeat(47), 'a'.repeat(48), `${'a'.repeat(40)}.ä.net`, `${'a'.repeat(45)}😀`, `${'a'.repeat(46)}😀`],
  ...['hub_1', '-hub', 'hub..net', 'a/b', '\u0000', 'assigned\u0000', '\ud800', 'x'.repeat(512), 'x'.repeat(513)],
);
const numbers = fc.oneof(fc.constantFrom(400208, 400209, 400208.5, -400208, 1e300, 0), fc.double({ noNaN: true }));
const scalar = fc.oneof({ weight: 5, arbitrary: words }, fc.string(), numbers, fc.constantFrom(true, null, [], {}));
const state = fc.record(
  { assignedHub: scalar, deviceId: scalar, errorCode: fc.oneof(numbers, scalar), x: fc.jsonValue() },
  { requiredKeys: [] },
);
const body = fc.record(
  { operationId: scalar, status: scalar, registrationState: fc.oneof(state, scalar), x: fc.jsonValue() },
  { requiredKeys: [] },
);
const good = fc
  .constantFrom(ASSIGNING, assignedTo(HUB, SERIAL), ...REFUSALS.map(([, reply]) => reply))
  .map(({ body: value }) => (typeof value === 'string' ? value : JSON.stringify(value)));
/** JSON that no serialiser writes. */
const spelt = good.map((text) =>
  text.replace('assigned', '\\u0061ssigned').replace('400208', '4.00208e5').replaceAll(',', '\r\n,\t '),
);
const document = fc.oneof(
  good,
  spelt,
  fc.oneof(body, fc.jsonValue()).map((value) => JSON.stringify(value)),
);
const MARKS = Buffer.from('{}[]",:\\/bu0123456789-+.eE tfn\n\0\x1f\x7f\x80\xbf\xc3\xe2\xed\xf0\xff', 'latin1');
/** The document with a few bytes taken out, put in or replaced. */
const damaged = fc
  .tuple(
    document,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: MARKS.length - 1 }), fc.nat({ max: 2 })), { maxLength: 3 }),
  )
  .map(([text, damages]) =>
    damages.reduce((bytes, [at, mark, kind]) => {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      const inserted = kind === 0 ? Buffer.alloc(0) : MARKS.subarray(mark, mark + 1);
      return Buffer.concat([bytes.subarray(0, place), inserted, bytes.subarray(kind === 1 ? place : place + 1)]);
    }, Buffer.from(text)),
  );
const topic = fc.oneof(
  fc
    .constantFrom('200', '202', '401', '428', '429', '503', '', '0429', '42', '999999999', '0000000429')
    .map((status) => `$dps/registrations/res/${status}/?$rid=1&retry-after=3`),
  fc.string(),
);
const answers: fc.Arbitrary<Answer> = fc.record({ topic, body: fc.oneof(damaged, fc.uint8Array({ maxLength: 40 })) });

describe.skipIf(gcc === undefined)('the firmware in C', () => {
  it('makes of answers of the DPS what the twin does', () => {
    const program = build();
    const sample = fc.sample(answers, { seed: 608, numRuns: 20_000 });
    const expected = sample.map(inTheTwin);
    expect(inC(program, sample)).toEqual(expected);
    // All ends are among them.
    const ends = new Set(expected.map((end) => end.split(' ', end.startsWith('refused') ? 2 : 1).join(' ')));
    expect(ends.size).toBe(3 + 7);
  });
});
