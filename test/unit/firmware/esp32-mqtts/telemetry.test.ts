import { describe, expect, it } from 'vitest';
import { answerTo, obediently } from '../../../support/memory-broker.ts';
import { twinBench } from '../../../support/twin.ts';

const PINGREQ = 'c000';
const DATA = Buffer.from('data').toString('hex');

describe('telemetry', () => {
  it('is published every 10.04 s', async () => {
    const { clock, twin, log } = await twinBench();
    twin.boot();
    await clock.advance(60_000);
    expect(log.telemetry).toEqual([40, 10_080, 20_120, 30_160, 40_200, 50_240]);
  });

  it('takes the bus 1.02 ms longer in hardware pace', async () => {
    const { clock, twin, log } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(60_000);
    const gaps = log.telemetry.slice(1).map((time, i) => time - (log.telemetry[i] ?? 0));
    expect(gaps).toHaveLength(4);
    // START, address, F7: 19 bits; START again, address, eight bytes, STOP: 83 bits; 10 µs a bit.
    for (const gap of gaps) expect(gap).toBeCloseTo(10_041.02, 6);
  });

  it.each([
    [1000, [40, 1040, 2040]],
    [45, [40, 85, 130]],
    [40, [40, 80, 120]],
    [15, [15, 30, 45]],
  ])('is published every %d ms when that replaces the period, settling included', async (intervalMs, times) => {
    const { clock, twin, log } = await twinBench({ intervalMs });
    twin.boot();
    await clock.advance(3000);
    expect(log.telemetry.slice(0, 3)).toEqual(times);
  });

  it('does not stop for a lost connection, and what was measured meanwhile is lost', async () => {
    const { clock, twin, log, broker, sensorBus } = await twinBench();
    twin.boot();
    await clock.advance(10_000);
    broker.last.hangUp();
    await clock.advance(25_000);
    // Down from 10 s to 25 s: the sample at 10.08 s is lost and so is that at 20.12 s.
    expect(log.telemetry).toEqual([40, 30_160]);
    const samples = sensorBus.transactions.filter(({ kind, bytes }) => kind === 'read' && bytes.length === 8);
    expect(samples.map(({ time }) => time)).toEqual([40, 10_080, 20_120, 30_160]);
  });
});

describe('the script', () => {
  it("publishes 'data' twice a connection, once for each SUBACK", async () => {
    const { clock, twin, log, broker } = await twinBench();
    twin.boot();
    await clock.advance(5000);
    const own = `/topic/qos0/${twin.clientId}`;
    expect(log.lines.filter((line) => line.includes('script'))).toEqual(Array(2).fill(`0 messageSent script ${own}`));
    const [connect, subscribe0, subscribe1, unsubscribe, ...publishes] = broker.last.packets;
    expect([connect, subscribe0, subscribe1, unsubscribe].map((packet) => packet?.slice(0, 2))).toEqual([
      ...['10', '82', '82', 'a2'],
    ]);
    expect(publishes.filter((packet) => packet.endsWith(DATA))).toHaveLength(2);

    broker.last.hangUp();
    await clock.advance(20_000);
    expect(log.connections).toBe(2);
    expect(broker.last.packets.filter((packet) => packet.endsWith(DATA))).toHaveLength(2);
  });

  it('subscribes, subscribes and unsubscribes back to back, without waiting for answers', async () => {
    const { clock, twin, broker } = await twinBench({
      script: {
        answer: (packet, connection) => {
          if (packet.startsWith('10')) connection.send('20020000');
        },
      },
    });
    twin.boot();
    await clock.advance(30);
    expect(broker.last.packets.map((packet) => packet.slice(0, 2))).toEqual(['10', '82', '82', 'a2']);
  });
});

describe('a read of the MQTT client', () => {
  it('takes one packet: of two SUBACKs in one record the second is lost, and so is its publish', async () => {
    const held: string[] = [];
    const { clock, twin, log, broker } = await twinBench({
      script: {
        answer: (packet, connection) => {
          if (!packet.startsWith('82')) return obediently(packet, connection);
          held.push(answerTo(packet) ?? '');
          if (held.length === 2) connection.sendTogether(...held);
        },
      },
    });
    twin.boot();
    await clock.advance(30);
    expect(held).toHaveLength(2);
    expect(broker.last.packets.filter((packet) => packet.endsWith(DATA))).toHaveLength(1);
    expect(log.lines.filter((line) => line.includes('script'))).toHaveLength(1);
  });

  it('takes one packet: a PUBLISH behind a SUBACK is dropped, and told to be', async () => {
    const publish = `30050003${Buffer.from('abc').toString('hex')}`;
    const { clock, twin, log } = await twinBench({
      script: {
        answer: (packet, connection) => {
          if (packet.startsWith('82')) connection.sendTogether(answerTo(packet) ?? '', publish);
          else obediently(packet, connection);
        },
      },
    });
    twin.boot();
    await clock.advance(30);
    expect(log.lines.filter((line) => line.includes('Dropped'))).toEqual(Array(2).fill('0 messageDropped abc'));
    expect(log.lines.filter((line) => line.includes('Received'))).toEqual([]);
    expect(log.lines.filter((line) => line.includes('script'))).toHaveLength(2);
  });

  it('delivers a PUBLISH that comes in a record of its own', async () => {
    const { clock, twin, log, broker } = await twinBench();
    twin.boot();
    await clock.advance(30);
    broker.last.send(`30050003${Buffer.from('abc').toString('hex')}`);
    await clock.advance(0);
    expect(log.lines.at(-1)).toBe('30 messageReceived abc');
  });
});

describe('keep-alive', () => {
  it('needs no PINGREQ when telemetry goes out every 10 s', async () => {
    const { clock, twin, log, broker } = await twinBench();
    twin.boot();
    await clock.advance(600_000);
    expect(log.telemetry).toHaveLength(60);
    expect(broker.last.packets).not.toContain(PINGREQ);
    expect(log.failures).toEqual([]);
  });

  it('sends PINGREQ once more than 60 s have passed since the last packet sent', async () => {
    const { clock, twin, log, broker } = await twinBench({ intervalMs: 100_000 });
    twin.boot();
    await clock.advance(300_000);
    expect(log.telemetry).toEqual([40, 100_040, 200_040]);
    // The client looks once a second, from its last read on: 60.96 s after the first publish and after PINGREQ's answer.
    const pings = broker.last.records.filter(({ packet }) => packet === PINGREQ).map(({ at }) => at);
    expect(pings).toEqual([61_000, 161_000, 261_000]);
    expect(log.failures).toEqual([]);
  });

  it('ends the connection when no PINGRESP has come by the time of the next PINGREQ', async () => {
    const { clock, twin, log, broker } = await twinBench({
      intervalMs: 1_000_000,
      script: {
        answer: (packet, connection) => {
          if (packet !== PINGREQ) obediently(packet, connection);
        },
      },
    });
    twin.boot();
    await clock.advance(121_999);
    expect(log.failures).toEqual([]);
    await clock.advance(1);
    expect(log.failures).toMatchObject([{ at: 122_000, event: 'disconnected', step: 'mqtt', code: 'NO_PINGRESP' }]);
    expect(broker.last.alerts).toEqual(['1 0']);
    await clock.advance(15_000);
    expect(broker.dials).toEqual([0, 137_000]);
    expect(log.connections).toBe(2);
  });
});
