import { expect, test } from 'vitest';
import { Watch } from '../../../../src/cli/run/watch.ts';
import type { WatchRequest } from '../../../../src/cli/run/watch-request.ts';
import { loadProfile } from '../../../../src/profile/index.ts';

const NOTHING: WatchRequest = {
  ...{ console: undefined, trace: undefined, pcap: undefined, probe: undefined },
  ...{ brokerProcess: undefined, brokerSys: false },
};

function watchOf(request: Partial<WatchRequest> = {}): Watch {
  const outputs = { console: () => {}, warn: () => {}, directory: undefined };
  return new Watch({ ...NOTHING, ...request }, { profile: loadProfile('esp32-mqtts') }, outputs);
}

/** Beyond the most that Linux has, PID_MAX_LIMIT of proc(5). */
const NO_PROCESS = 2 ** 22 + 1;

test('an embedded broker whose process cannot be looked at is not watched, and the run goes on', () => {
  const watch = watchOf();
  watch.embeddedBroker(NO_PROCESS);
  watch.begin();
  expect(watch.brokerStarved).toBe(false);
  watch.close();
  expect(watch.broker).toBeUndefined();
  expect(watch.failure).toBeUndefined();
});

test('an embedded broker whose process can be looked at is watched', () => {
  const watch = watchOf();
  watch.embeddedBroker(process.pid);
  watch.begin();
  watch.close();
  expect(watch.broker).toMatchObject({ pid: process.pid, ended: false });
});
