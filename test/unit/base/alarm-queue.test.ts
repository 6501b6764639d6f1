import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Alarm, AlarmQueue } from '../../../src/base/alarm-queue.ts';

const alarm = (at: number): Alarm => ({ at, ring: () => {} });

it('gives back what is due, in the order of the times, whatever the order in which it came and whatever was cancelled', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100), fc.boolean())), fc.nat(100), (entries, now) => {
      const queue = new AlarmQueue();
      const alarms = entries.map(([at]) => alarm(at));
      for (const one of alarms) queue.add(one);
      entries.forEach(([, cancelled], index) => {
        if (cancelled) (alarms[index] as Alarm).ring = undefined;
      });
      const left = entries.filter(([, cancelled]) => !cancelled).map(([at]) => at);
      const wanted = left.filter((at) => at <= now).sort((a, b) => a - b);
      const rung: number[] = [];
      for (let due = queue.due(now); due !== undefined; due = queue.due(now)) rung.push(due.at);
      expect(rung).toEqual(wanted);
      expect(queue.next).toBe(Math.min(...left.filter((at) => at > now)));
    }),
  );
});
