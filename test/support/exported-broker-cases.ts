import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrokerName } from '../../src/brokers/index.ts';
import { emuRun } from './emu.ts';
import { type ExportedBroker, startExported } from './exported-broker.ts';
import { type FleetsOfTwoRoots, fleetsOfTwoRoots, type RootName } from './fleets-of-two-roots.ts';

const HUNDRED = ['--count', '100', '--rate', '100', '--duration', '4s'];

/** What every broker has to do on the files that were exported for it; `refusal` is the alert that a stranger gets. */
export function exportedBrokerCases(
  name: BrokerName,
  refusal: RegExp,
  environment?: Readonly<Record<string, string>>,
): void {
  let fleets: FleetsOfTwoRoots;
  let broker: ExportedBroker;

  beforeAll(async () => {
    fleets = fleetsOfTwoRoots();
    broker = await startExported(name, fleets.authorities, environment);
  });

  afterAll(async () => {
    await broker?.stop();
    fleets?.remove();
  });

  test.each<RootName>(['own', 'brought'])('takes 100 devices of a fleet under our %s root', async (root) => {
    const { summary, code, stderr } = await emuRun(...broker.route, ...fleets.run[root], ...HUNDRED);
    expect(summary.devices, stderr + broker.log()).toMatchObject({ connected: 100, failed: 0 });
    expect([code, summary.disconnections]).toEqual([0, []]);
    expect(summary.messages.sent).toBeGreaterThanOrEqual(100);
    expect(summary.messages.received).toBeGreaterThan(0);
  });

  test("refuses a stranger's devices", async () => {
    const { summary, code } = await emuRun(...broker.route, '--count', '5', '--duration', '1s');
    expect(code).toBe(1);
    expect(summary.devices).toMatchObject({ connected: 0, failed: 5 });
    expect(summary.causes).toMatchObject([{ cause: expect.stringMatching(refusal), count: 5 }]);
  });
}
