import { describe, expect, it } from 'vitest';
import { isFilter, matchesFilter } from '../../../src/base/index.ts';
import { publishesIn } from '../../../src/probe/publish-packets.ts';

describe('topic filters', () => {
  // The examples of MQTT 3.1.1 4.7.1 and 4.7.2.
  it.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/uptime', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['/topic/qos0', '/topic/qos0', true],
    ['/topic/qos0', '/topic/qos1', false],
  ])('%s and %s: %s', (filter, topic, matches) => {
    expect(matchesFilter(filter, topic)).toBe(matches);
  });

  it.each(['#', '+', '/', 'a/+/b', 'a/#'])('%s is one', (filter) => expect(isFilter(filter)).toBe(true));
  it.each(['', 'a#', 'a/#/b', 'a+', 'a/+b'])('"%s" is none', (filter) => expect(isFilter(filter)).toBe(false));
});

it('takes PUBLISH packets apart, one behind the other', () => {
  const hex = (text: string) => Buffer.from(text).toString('hex');
  const long = 'x'.repeat(200);
  const packets = Buffer.from(`3005000161${hex('hi')}32070001620009${hex('yo')}30cb01000163${hex(long)}`, 'hex');
  const read = [...publishesIn(packets)].map(({ topic, payload }) => [topic, Buffer.from(payload).toString()]);
  expect(read).toEqual([
    ['a', 'hi'],
    ['b', 'yo'],
    ['c', long],
  ]);
});
