import type { AedesPublishPacket } from 'aedes';
import { expect, test } from 'vitest';
import { createBroker } from '../../../src/broker/broker.ts';

const packet = (topic: string): AedesPublishPacket => ({
  ...{ cmd: 'publish', topic, payload: 'x', qos: 0, retain: false, dup: false, brokerId: '', brokerCounter: 0 },
});

test('a slow subscriber and a great many messages for nobody behind it do not end the broker', async () => {
  const broker = await createBroker();
  const waiting: (() => void)[] = [];
  await new Promise<void>((done) => {
    broker.subscribe('slow', (_packet, taken) => waiting.push(taken), done);
  });
  let published = 0;
  const publish = (topic: string) => broker.publish(packet(topic), () => published++);
  for (let i = 0; i < 200; i++) publish('slow');
  for (let i = 0; i < 50_000; i++) publish('nobody');
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const taken of waiting.splice(0)) taken();
  await expect.poll(() => published, { timeout: 20_000 }).toBe(50_200);
  await new Promise<void>((resolve) => broker.close(resolve));
});
