import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordedHub } from '../../emulator/firmware/azure-dps/record.ts';
import { REFUSALS, SERIAL } from '../support/azure-refusals.ts';
import {
  ASSIGNING,
  AzureBench,
  assignedTo,
  azureProfile,
  type DpsReply,
  dpsWith,
  HUB,
  serverAnswer,
} from '../support/azure-twin.ts';
import { repetitions } from '../support/size.ts';
import { twinClock } from '../support/twin.ts';

const RUNS = repetitions(150, 3000);

/** Everything that a DPS may say, with what must be reached. */
const REPLIES: Readonly<Record<string, DpsReply | undefined>> = {
  silence: undefined,
  assigning: ASSIGNING,
  'another operation': { ...ASSIGNING, body: { operationId: 'another', status: 'assigning' } },
  'put off': { status: 429, body: '' },
  busy: { status: 503, body: '{', retryAfter: 1 },
  'a status beyond all': { status: '99999999999', body: '' },
  'no status': { status: 'x', body: '{}' },
  'assigned to a hub': assignedTo(HUB, SERIAL),
  'assigned to another device id': assignedTo(HUB, 'another-device'),
  ...Object.fromEntries(REFUSALS.map(([name, reply]) => [name, reply])),
};

const any = fc.constantFrom(...Object.keys(REPLIES));
const goesOn = fc.constantFrom('assigning', 'another operation', 'put off', 'busy', 'a status beyond all');
/** Most registrations go on for a while, and a part of them comes to a good end. */
const someReplies = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: goesOn }, { weight: 1, arbitrary: any }), { maxLength: 3 }),
    fc.oneof({ weight: 4, arbitrary: any }, { weight: 1, arbitrary: fc.constant('assigned to a hub') }),
  )
  .map(([first, last]) => [...first, last]);

/** Each reply once, whatever is drawn. */
const EACH = Object.keys(REPLIES).map((reply): [{ replies: string[]; hangUpAfter: null; powerMs: number }] => [
  { replies: ['assigning', reply], hangUpAfter: null, powerMs: 60_000 },
]);

describe.each(['azure-dps', 'azure-dps-2026'])('random answers to %s', (name) => {
  it('never throw, and never leave a record that is half believed', async () => {
    const tried = new Map(
      Object.keys(REPLIES).map((reply) => [reply, { tried: 0, succeeded: 0, refused: 0, open: 0 }]),
    );
    const plan = fc.record({
      replies: someReplies,
      /** After so many answers the DPS hangs up; the power goes after so many ms. */
      hangUpAfter: fc.option(fc.nat({ max: 6 }), { freq: 5 }),
      powerMs: fc.oneof(fc.constant(60_000), fc.nat({ max: 12_000 })),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ replies, hangUpAfter, powerMs }) => {
        let answers = 0;
        const dps = dpsWith(...replies.map((reply) => REPLIES[reply]));
        const bench = new AzureBench({
          profile: azureProfile(name),
          clock: twinClock(),
          dps: {
            answer: (packet, connection) => {
              if (hangUpAfter !== null && serverAnswer(packet) === undefined && answers++ >= hangUpAfter) {
                connection.hangUp();
              } else dps.answer?.(packet, connection);
            },
          },
        });
        bench.twin.boot();
        await bench.clock.advance(powerMs);
        bench.twin.stop();
        await bench.clock.advance(1000);
        const hub = recordedHub(bench.slot8, { serialNumber: 0, hubName: 20 }, SERIAL);
        const provisioned = bench.of('provisioned');
        expect(provisioned.length).toBe(hub === undefined ? 0 : 1);
        expect([undefined, HUB]).toContain(hub);
        // A device that failed for good is down, and stays so.
        const failed = bench.of('bootFailed').length;
        expect(failed).toBeLessThanOrEqual(1);
        if (failed > 0) expect(hub).toBeUndefined();
        if (failed > 0) expect(bench.events.at(-1)?.type).toMatch(/^(bootFailed|azure-dps)/);
        const outcome = hub !== undefined ? 'succeeded' : failed > 0 ? 'refused' : 'open';
        for (const reply of new Set(replies)) {
          const count = tried.get(reply);
          if (count === undefined) continue;
          count.tried++;
          count[outcome]++;
        }
        // What it knows lasts: the next boot goes where this one was told to.
        const next = new AzureBench({ memory: bench.memory, profile: azureProfile(name) });
        next.twin.boot();
        await next.clock.advance(100);
        next.twin.stop();
        expect(next.of('provisioningSkipped').length).toBe(hub === undefined ? 0 : 1);
      }),
      { seed: 12, numRuns: RUNS, examples: EACH },
    );
    const untried = [...tried].filter(([, { tried: count }]) => count === 0).map(([reply]) => reply);
    expect(untried).toEqual([]);
    const sum = (key: 'succeeded' | 'refused' | 'open') =>
      [...tried.values()].reduce((all, count) => all + count[key], 0);
    for (const outcome of ['succeeded', 'refused', 'open'] as const) expect(sum(outcome), outcome).toBeGreaterThan(10);
    expect(tried.get('assigned to a hub')?.succeeded).toBeGreaterThan(0);
    for (const [reply, , cause] of REFUSALS) expect(tried.get(reply)?.refused, cause).toBeGreaterThan(0);
  });
});
