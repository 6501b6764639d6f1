import { expect, test } from 'vitest';
import { SysFigures } from '../../../src/probe/sys-figures.ts';

test('figures have their first, last and largest value; what is no figure is left out', () => {
  const figures = new SysFigures();
  const take = (topic: string, text: string) =>
    figures.received(`$SYS/broker/${topic}`, new TextEncoder().encode(text));
  for (const text of ['3', '510', '12']) take('clients/connected', text);
  take('load/messages/received/1min', '1234.56');
  take('heap/current size', 'many');
  take('version', 'mosquitto version 2.0.11');
  expect(figures.report()).toEqual({
    clients_connected: { first: 3, last: 12, max: 510 },
    messages_received_per_minute: { first: 1234.56, last: 1234.56, max: 1234.56 },
  });
});
