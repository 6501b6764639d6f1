import { expect, test } from 'vitest';
import { sharedNow } from '../../../src/base/index.ts';
import type { Published } from '../../../src/probe/index.ts';
import { DevicePublishes, PublishBatch } from '../../../src/probe/index.ts';

/** PUBLISH at QoS 0, topic `t`, one byte [MQTT-3.3]. */
const publish = (byte: number) => Uint8Array.of(0x30, 0x04, 0x00, 0x01, 0x74, byte);
const PINGREQ = Uint8Array.of(0xc0, 0x00);

test('the probe hears of a publish when the system has taken it, with the time at which it was written', () => {
  const batches: Published[] = [];
  const batch = new PublishBatch((published) => batches.push(published));
  const device = new DevicePublishes(batch);
  device.written(publish(1));
  device.written(PINGREQ);
  device.written(publish(2));
  const between = sharedNow();
  batch.flush();
  expect(batches).toEqual([]);
  device.taken('script');
  device.lost();
  device.written(publish(3));
  device.taken('telemetry');
  batch.flush();
  expect(batches).toHaveLength(1);
  const [{ packets, times, kinds } = { packets: PINGREQ, times: new Float64Array(), kinds: PINGREQ }] = batches;
  expect([...packets]).toEqual([...publish(1), ...publish(3)]);
  expect([...kinds]).toEqual([1, 0]);
  const [first = Number.NaN, third = Number.NaN] = times;
  expect(first).toBeLessThanOrEqual(between);
  expect(third).toBeGreaterThanOrEqual(between);
});
