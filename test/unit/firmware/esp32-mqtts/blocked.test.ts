import { describe, expect, it } from 'vitest';
import { answerTo, obediently } from '../../../support/memory-broker.ts';
import { type TwinBench, type TwinSetUp, twinBench } from '../../../support/twin.ts';

const PINGREQ = 'c000';

/** A device whose broker takes nothing from 5 s on: after the first sample, at 40 ms, which every 10.04 s another follows. */
async function blockedTwin(setUp: TwinSetUp = {}): Promise<TwinBench> {
  const bench = await twinBench(setUp);
  const { clock, twin, broker } = bench;
  twin.boot();
  await clock.advance(5000);
  broker.last.stopTaking();
  return bench;
}

/** Packets that are telemetry, as the broker has them. */
const telemetry = ({ broker }: TwinBench) =>
  broker.last.packets.filter((packet) => packet.includes(Buffer.from('Temparature').toString('hex')));

describe('telemetry while the broker takes nothing', () => {
  it('is sent when the system has it: the first one, which it cannot be handed whole, later', async () => {
    const bench = await blockedTwin();
    await bench.clock.advance(10_000);
    expect(bench.log.telemetry).toEqual([40]);
    bench.broker.last.takeAgain();
    await bench.clock.advance(0);
    expect(bench.log.telemetry).toEqual([40, 15_000]);
    expect(telemetry(bench)).toHaveLength(2);
  });

  it('makes the task stand still, so that the next sample comes later', async () => {
    const bench = await blockedTwin();
    const { clock, log, broker } = bench;
    await clock.advance(20_000); // the sample at 10.08 s is on its way, that at 20.12 s waits
    expect(telemetry(bench)).toHaveLength(1);
    broker.last.takeAgain();
    await clock.advance(20_000);
    expect(log.telemetry).toEqual([40, 25_000, 25_000, 35_040]);
    expect(telemetry(bench)).toHaveLength(4);
    expect(log.failures).toEqual([]);
  });

  it('is given up after the network time-out, and the connection is kept', async () => {
    const bench = await blockedTwin();
    const { clock, log, broker } = bench;
    await clock.advance(25_119);
    expect(log.messages.notSent).toEqual({});
    await clock.advance(1);
    expect(log.messages.notSent).toEqual({ write_timeout: 1 });
    broker.last.takeAgain();
    await clock.advance(10_039);
    expect(telemetry(bench)).toHaveLength(2);
    await clock.advance(1); // 10 s and the settling after it was given up
    expect(telemetry(bench)).toHaveLength(3);
    expect(log.failures).toEqual([]);
  });

  it('skips what becomes due meanwhile when it keeps a schedule', async () => {
    const { clock, log, broker } = await blockedTwin({ intervalMs: 100 });
    await clock.advance(5000); // one is on its way, the next waits from 5.2 s on
    broker.last.takeAgain();
    await clock.advance(1000);
    expect(log.messages.notSent).toEqual({ broker_stalled: expect.closeTo(48, -1) });
    expect(log.messages.due).toBe(log.messages.sent + (log.messages.notSent.broker_stalled ?? 0));
  });

  it('is not sent when the connection ends before the system has it', async () => {
    const { clock, log, broker } = await blockedTwin();
    await clock.advance(20_000);
    broker.last.reset();
    await clock.advance(0);
    // That of 10.08 s, of which the system has taken a part at most, and that of 20.12 s, which waits.
    expect(log.messages.notSent).toEqual({ no_connection: 2 });
    await clock.advance(15_000 + 40);
    expect(log.connections).toBe(2);
    expect(log.messages.sent).toBe(5); // one sample, and the script's two on each connection
  });
});

describe('the MQTT task while the broker takes nothing', () => {
  it('ends the connection when PINGREQ is due and cannot be written', async () => {
    const { clock, log, broker } = await blockedTwin();
    // The last packet went out at 10.08 s. The client looks once a second, and gives the write 10 s.
    await clock.advance(75_999);
    expect(log.failures).toEqual([]);
    await clock.advance(1);
    expect(log.failures).toMatchObject([{ at: 81_000, event: 'disconnected', step: 'mqtt', code: 'WRITE_TIMEOUT' }]);
    expect(log.messages.notSent).toEqual({ write_timeout: 3, no_connection: 2 });
    await clock.advance(15_000);
    expect(broker.dials).toEqual([0, 96_000]);
    expect(log.connections).toBe(2);
  });

  it('sends PINGREQ late when the broker takes it in time', async () => {
    const { clock, log, broker } = await blockedTwin();
    await clock.advance(70_000);
    broker.last.takeAgain();
    await clock.advance(0);
    expect(broker.last.packets).toContain(PINGREQ);
    expect(log.failures).toEqual([]);
  });
});

describe('the script while the broker takes nothing', () => {
  /** A device that has published on its first SUBACK, of which nothing was taken, and waits with what follows its second. */
  async function waitingTwin() {
    const ids: number[] = [];
    const subacks: string[] = [];
    const bench = await twinBench({
      intervalMs: 1_000_000,
      console: (line) => {
        const id = /sent publish successful, msg_id=(.*)/.exec(line)?.[1];
        if (id !== undefined) ids.push(Number(id));
      },
      script: {
        answer: (packet, connection) => {
          if (packet.startsWith('82')) subacks.push(answerTo(packet) ?? '');
          else obediently(packet, connection);
        },
      },
    });
    const { clock, twin, broker } = bench;
    twin.boot();
    await clock.advance(1000);
    broker.last.stopTaking();
    for (const suback of subacks) {
      broker.last.send(suback);
      await clock.advance(0);
    }
    return { ...bench, ids };
  }
  const script = ({ log }: TwinBench) => log.lines.filter((line) => line.includes('messageSent script'));

  it('goes on when the broker takes it', async () => {
    const bench = await waitingTwin();
    await bench.clock.advance(9999);
    expect([bench.ids, script(bench)]).toEqual([[0], []]);
    bench.broker.last.takeAgain();
    await bench.clock.advance(0);
    expect(bench.ids).toEqual([0, 0]);
    expect(script(bench)).toHaveLength(2);
  });

  it('goes on without the step after the network time-out', async () => {
    const bench = await waitingTwin();
    await bench.clock.advance(10_000);
    expect([bench.ids, bench.log.messages.notSent]).toEqual([[0, -1], { write_timeout: 1 }]);
    bench.broker.last.takeAgain();
    await bench.clock.advance(0);
    expect(script(bench)).toHaveLength(1);
    expect(bench.log.failures).toEqual([]);
  });

  it('reads no more meanwhile', async () => {
    const { clock, log, broker } = await waitingTwin();
    broker.last.send(`30050003${Buffer.from('abc').toString('hex')}`);
    await clock.advance(5000);
    expect(log.lines.filter((line) => line.includes('abc'))).toEqual([]);
    broker.last.takeAgain();
    await clock.advance(0);
    expect(log.lines.at(-1)).toBe('6000 messageReceived abc');
  });
});

describe('the console while the broker takes nothing', () => {
  it('tells what was not written, and why the connection ends', async () => {
    const lines: string[] = [];
    const { clock, twin } = await blockedTwin({ console: (line) => lines.push(line.replace(/^(\w) \(\d+\) /, '$1 ')) });
    await clock.advance(76_000);
    const notWritten = [
      'E MQTT_CLIENT: Error write data or timeout, written len = 0',
      `E MQTT_CLIENT: Error to public data to topic=/topic/qos0/${twin.clientId}, qos=0`,
    ];
    const errors = lines.filter((line) => line.startsWith('E'));
    expect(errors.slice(0, -5)).toEqual([...notWritten, ...notWritten, ...notWritten]);
    expect(errors.slice(-5)).toEqual([
      'E MQTT_CLIENT: Error write data or timeout, written len = 0',
      'E MQTT_CLIENT: Error sending ping',
      "E MQTT_CLIENT: Can't send ping, disconnected",
      'E MQTT_CLIENT: Error write data or timeout, written len = -1',
      notWritten[1],
    ]);
  });
});

describe('a device that is stopped while the broker takes nothing', () => {
  it.each([
    ['with a packet on its way', 10_000],
    ['with a sample that waits', 20_000],
    ['with PINGREQ waiting', 70_000],
  ])('leaves no alarm and tells nothing, %s', async (_, ms) => {
    const { clock, twin, log, broker } = await blockedTwin();
    await clock.advance(ms);
    const told = log.lines.length;
    twin.stop();
    await clock.advance(0);
    expect(clock.nextAlarm).toBeUndefined();
    broker.last.takeAgain();
    await clock.advance(60_000);
    expect(log.lines).toHaveLength(told);
    expect(broker.last.state).toBe('ended');
  });

  it('does not take for lateness of the program what became due meanwhile', async () => {
    const { clock, twin, log } = await blockedTwin({ intervalMs: 100 });
    await clock.advance(5000);
    twin.stop();
    expect(log.messages.notSent).toEqual({ broker_stalled: expect.closeTo(48, -1) });
    const { due, sent } = log.messages;
    // One on its way, and one that waited.
    expect(due - sent - (log.messages.notSent.broker_stalled ?? 0)).toBe(2);
  });
});
