import { describe, expect, it } from 'vitest';
import { connected, type Harness, PINGRESP, publishPacket } from './harness.ts';

const PINGREQ = 'c000';
const PUBACK_7 = '40020007';
const PUBREC_8 = '50020008';

/** A connected client whose connection takes nothing. */
function blocked(): Harness {
  const it = connected();
  it.blocked = true;
  return it;
}

describe('an acknowledgement while the connection takes nothing', () => {
  it('waits until it takes bytes again', async () => {
    const it = blocked();
    it.receive(publishPacket('t', 'x', 1, 7));
    await it.clock.advance(9999);
    expect(it.sent()).toEqual([]);
    it.blocked = false;
    expect(it.sent()).toEqual([PUBACK_7]);
    expect(it.paused).toBe(false);
  });

  it('is forgotten after the network time-out, and the connection stays', async () => {
    const it = blocked();
    it.receive(publishPacket('t', 'x', 1, 7));
    await it.clock.advance(10_000);
    it.blocked = false;
    expect(it.sent()).toEqual([]);
    expect(it.client.connected).toBe(true);
    expect(it.paused).toBe(false);
  });

  it('keeps the client from reading, and what is here already waits in its order', async () => {
    const it = blocked();
    const sizes = () => it.events().flatMap((event) => (event.type === 'message' ? [event.totalLength] : []));
    it.receive(publishPacket('t', 'x', 1, 7));
    expect(it.paused).toBe(true);
    it.receive(publishPacket('t', 'xy', 2, 8));
    it.receive(publishPacket('t', 'xyz'));
    expect(sizes()).toEqual([1]);
    await it.clock.advance(10_000); // the first is forgotten, the second waits for its own time
    expect(sizes()).toEqual([2]);
    expect(it.paused).toBe(true);
    it.blocked = false;
    expect(it.sent()).toEqual([PUBREC_8]);
    expect(sizes()).toEqual([3]);
    expect(it.paused).toBe(false);
  });

  it('waits in the middle of a record too', () => {
    const it = connected({ bufferBytes: 64 });
    it.blocked = true;
    it.receive(publishPacket('t', 'x'.repeat(100), 1, 7)); // two reads
    expect(it.events()).toMatchObject([{ type: 'message', offset: 0 }]);
    it.blocked = false;
    expect(it.sent()).toEqual([PUBACK_7]);
    expect(it.events()).toMatchObject([{ type: 'message', offset: 57 }]);
  });

  it('does not keep a message without one from the application', () => {
    const it = blocked();
    it.receive(publishPacket('t', 'x'));
    expect(it.events()).toMatchObject([{ type: 'message' }]);
    expect(it.paused).toBe(false);
  });
});

describe('PINGREQ while the connection takes nothing', () => {
  it('ends the connection when it cannot be written within the network time-out', async () => {
    const it = blocked();
    await it.clock.advance(70_999); // due at 61 s
    expect(it.events()).toEqual([]);
    await it.clock.advance(1);
    expect(it.events()).toEqual([{ type: 'disconnected', reason: 'WRITE_TIMEOUT' }]);
    expect(it.sent()).toEqual([]);
    expect(it.clock.nextAlarm).toBeUndefined();
  });

  it('is not due when an acknowledgement that waited has left', async () => {
    const it = connected();
    await it.clock.advance(60_500);
    it.blocked = true;
    it.receive(publishPacket('t', 'x', 1, 7));
    await it.clock.advance(1000);
    it.blocked = false;
    expect(it.sent()).toEqual([PUBACK_7]);
  });

  it('leaves when the connection takes bytes again in time, and its answer is awaited from then on', async () => {
    const it = blocked();
    await it.clock.advance(66_000);
    it.blocked = false;
    expect(it.sent()).toEqual([PINGREQ]);
    expect(it.events()).toEqual([{ type: 'pingSent' }]);
    it.receive(PINGRESP);
    await it.clock.advance(60_999);
    expect(it.sent()).toEqual([]);
    await it.clock.advance(1);
    expect(it.sent()).toEqual([PINGREQ]);
  });
});

describe('a client whose task stands still', () => {
  it('writes what waits one after the other, each with a time-out of its own', async () => {
    const { client, clock } = blocked();
    const ended: string[] = [];
    for (const name of ['a', 'b']) {
      client.waitToWrite((failure) => ended.push(`${clock.now()} ${name} ${failure}`));
    }
    await clock.advance(30_000);
    expect(ended).toEqual(['10000 a write_timeout', '20000 b write_timeout']);
  });

  it('stops with the next write that fills the connection', () => {
    const it = blocked();
    it.client.waitToWrite(() => {
      it.client.publish('t', 'x', 0);
      it.blocked = true;
    });
    it.client.waitToWrite(() => it.client.publish('t', 'y', 0));
    it.blocked = false;
    expect(it.sent()).toEqual([publishPacket('t', 'x')]);
    it.blocked = false;
    expect(it.sent()).toEqual([publishPacket('t', 'y')]);
  });

  it('gives up at once when the transport is lost, and leaves no alarm', () => {
    const it = blocked();
    const failures: unknown[] = [];
    it.receive(publishPacket('t', 'x', 1, 7));
    it.client.waitToWrite((failure) => failures.push(failure));
    it.client.transportDown();
    expect(failures).toEqual(['no_connection']);
    expect(it.sent()).toEqual([]);
    expect(it.clock.nextAlarm).toBeUndefined();
  });

  it('reads nothing of the last connection on the next', () => {
    const it = blocked();
    it.receive(publishPacket('t', 'x', 1, 7));
    it.receive(publishPacket('t', 'y'));
    it.client.transportDown();
    it.events();
    it.blocked = false;
    it.client.transportUp();
    it.receive('20020000');
    expect(it.events()).toMatchObject([{ type: 'connected' }]);
  });

  it('does not give up a message whose rest it could not read meanwhile', async () => {
    const it = connected({ bufferBytes: 64 });
    it.receive(publishPacket('t', 'x'.repeat(100)).slice(0, 128));
    await it.clock.advance(5000);
    it.blocked = true;
    it.client.waitToWrite(() => {});
    await it.clock.advance(9000);
    it.events();
    it.blocked = false;
    it.receive('78'.repeat(4));
    expect(it.events()).toMatchObject([{ type: 'message', offset: 59 }]);
  });
});
