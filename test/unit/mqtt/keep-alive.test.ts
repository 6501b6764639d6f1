import { describe, expect, it } from 'vitest';
import { connected, PINGRESP, publishPacket } from './harness.ts';

const PINGREQ = 'c000';

describe('the keep-alive of 120 s', () => {
  it('sends PINGREQ at the first look after more than 60 s', async () => {
    const { clock, sent, events } = connected();
    await clock.advance(60_999);
    expect(sent()).toEqual([]);
    await clock.advance(1);
    expect(sent()).toEqual([PINGREQ]);
    expect(events()).toEqual([{ type: 'pingSent' }]);
  });

  it('looks once a second, and whenever something has been read', async () => {
    const { clock, sent, receive } = connected();
    await clock.advance(10_300);
    receive(publishPacket('t', 'x')); // from here the looks come at 300 ms past the second
    await clock.advance(49_999); // 60.299 s
    expect(sent()).toEqual([]);
    await clock.advance(1);
    expect(sent()).toEqual([PINGREQ]);
  });

  it('takes exactly 60 s for not yet over', async () => {
    const { clock, sent, receive } = connected();
    await clock.advance(60_000);
    receive(publishPacket('t', 'x'));
    expect(sent()).toEqual([]);
    await clock.advance(0.5);
    receive(publishPacket('t', 'x'));
    expect(sent()).toEqual([PINGREQ]);
  });

  it('goes on while PINGRESP comes', async () => {
    const { clock, sent, receive, events } = connected();
    for (let minute = 0; minute < 5; minute++) {
      await clock.advance(61_000);
      expect(sent()).toEqual([PINGREQ]);
      receive(PINGRESP);
    }
    expect(events().filter((event) => event.type === 'disconnected')).toEqual([]);
  });

  it('disconnects when a second ping is due and the first has no answer', async () => {
    const { client, clock, sent, events } = connected();
    await clock.advance(61_000);
    expect(sent()).toEqual([PINGREQ]);
    events();
    await clock.advance(60_999);
    expect(events()).toEqual([]);
    await clock.advance(1);
    expect(events()).toEqual([{ type: 'disconnected', reason: 'NO_PINGRESP' }]);
    expect(sent()).toEqual([]);
    expect(client.connected).toBe(false);
    expect(clock.nextAlarm).toBeUndefined();
  });

  it('counts from the last packet sent: with telemetry there is no PINGREQ', async () => {
    const { client, clock, sent, events } = connected();
    for (let turn = 0; turn < 60; turn++) {
      await clock.advance(10_040);
      client.publish('t', 'x', 0);
    }
    expect(sent().filter((packet) => packet === PINGREQ)).toEqual([]);
    expect(events()).toEqual([]);
  });

  it('and packets received do not count', async () => {
    const { clock, sent, receive } = connected();
    for (let turn = 0; turn < 61; turn++) {
      await clock.advance(1000);
      receive(publishPacket('t', 'x'));
    }
    expect(sent()).toEqual([PINGREQ]);
  });

  it('a new connection does not remember an unanswered ping', async () => {
    const { client, clock, sent, receive, events } = connected();
    await clock.advance(61_000);
    client.transportDown();
    client.transportUp();
    receive('20020000');
    sent();
    events();
    await clock.advance(61_000);
    expect(sent()).toEqual([PINGREQ]);
    expect(events()).toEqual([{ type: 'pingSent' }]);
  });

  it('needs one alarm, rarely set', async () => {
    const { client, clock } = connected();
    let alarms = 0;
    const alarm = clock.alarm.bind(clock);
    clock.alarm = (delay, ring) => {
      alarms++;
      return alarm(delay, ring);
    };
    for (let turn = 0; turn < 60; turn++) {
      await clock.advance(10_000);
      client.publish('t', 'x', 0);
    }
    expect(alarms).toBeLessThanOrEqual(13); // one in about a minute, of ten minutes
  });
});

describe('a process that was late', () => {
  it('reads what came meanwhile before it misses PINGRESP', async () => {
    const { clock, sent, receive, events } = connected();
    await clock.advance(61_000);
    expect(sent()).toEqual([PINGREQ]);
    events();
    clock.leap(90_000);
    await clock.advance(999);
    expect(events()).toEqual([]);
    receive(PINGRESP);
    await clock.advance(2000);
    expect(events()).not.toContainEqual(expect.objectContaining({ type: 'disconnected' }));
  });

  it('misses it after a turn', async () => {
    const { clock, sent, events } = connected();
    await clock.advance(61_000);
    expect(sent()).toEqual([PINGREQ]);
    events();
    clock.leap(90_000);
    await clock.advance(1000);
    expect(events()).toEqual([{ type: 'disconnected', reason: 'NO_PINGRESP' }]);
  });
});
