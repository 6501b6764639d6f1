import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrokerName } from '../../src/broker-config/index.ts';
import { emuRun } from './emu.ts';
import { type ExportedBroker, startExported } from './exported-broker.ts';
import { makePersistentFleets, PERSISTENT_FLEETS, type PersistentFleets } from './persistent-fleets.ts';

/** What every broker has to do on the files that were exported for it; `refusal` is the alert that a stranger gets. */
export function exportedBrokerCases(
  name: BrokerName,
  refusal: RegExp,
  environment?: Readonly<Record<string, string>>,
): void {
  let fleets: PersistentFleets;
  let broker: ExportedBroker;

  beforeAll(async () => {
    fleets = await makePersistentFleets();
    broker = await startExported(name, fleets.anchors, environment);
  });

  afterAll(async () => {
    await broker?.stop();
    fleets?.remove();
  });

  test('takes 100 devices each of a fleet under our own root, under an RSA root and under a brought signer', async () => {
    const run = (fleet: (typeof PERSISTENT_FLEETS)[number]) =>
      emuRun(...broker.route, '--fleet', fleets.directoryOf(fleet), '--rate', '50', '--duration', '10s');
    const runs = await Promise.all(PERSISTENT_FLEETS.map(run));
    for (const [index, { summary, code, stderr }] of runs.entries()) {
      expect(summary.devices, `${PERSISTENT_FLEETS[index]}\n${stderr}${broker.log()}`).toMatchObject({
        connected: 100,
        failed: 0,
      });
      expect([code, summary.disconnections]).toEqual([0, []]);
      expect(summary.messages.sent).toBeGreaterThanOrEqual(100);
      expect(summary.messages.received).toBeGreaterThan(0);
    }
  });

  test("refuses a stranger's devices", async () => {
    const { summary, code } = await emuRun(...broker.route, '--count', '5', '--duration', '1s');
    expect(code).toBe(1);
    expect(summary.devices).toMatchObject({ connected: 0, failed: 5 });
    expect(summary.causes).toMatchObject([{ cause: expect.stringMatching(refusal), count: 5 }]);
  });
}
