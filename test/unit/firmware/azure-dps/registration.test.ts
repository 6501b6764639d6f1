import { describe, expect, it } from 'vitest';
import {
  ASSIGNING,
  AzureBench,
  assignedTo,
  azureProfile,
  type DpsReply,
  dpsPublish,
  dpsWith,
  HUB,
  serverAnswer,
  topicOfPublish,
} from '../../../support/azure-twin.ts';

const SERIAL = '0123ffac64afdf56ee';
const PUT_OFF: DpsReply = { status: 429, body: { errorCode: 429001, message: 'throttled' }, retryAfter: 7 };
const BUSY: DpsReply = { status: 503, body: '' };

/** The times of the device's requests, `R` register and `P` poll. */
function requests({ dps }: AzureBench): string[] {
  return dps.connections.flatMap(({ records }) =>
    records.flatMap(({ at, packet }) => {
      const topic = topicOfPublish(packet);
      return topic === undefined ? [] : [`${at} ${topic.includes('/PUT/') ? 'R' : 'P'}${/rid=(\d+)/.exec(topic)?.[1]}`];
    }),
  );
}

async function registered(bench: AzureBench, ms = 60_000): Promise<AzureBench> {
  bench.twin.boot();
  await bench.clock.advance(ms);
  return bench;
}

/** Of these types, without their times. */
const told = ({ events }: AzureBench) =>
  events.flatMap((event) =>
    event.type === 'provisioningAnswer' || event.type === 'provisioningRetried'
      ? [`${event.type} ${event.status}`]
      : [],
  );

describe('the client works every 100 ms', () => {
  it('handles what arrived, and sends with the next turn what it decided', async () => {
    const bench = await registered(new AzureBench());
    // CONNECT at 0; CONNACK read at 100, SUBSCRIBE 200; SUBACK read at 300, and the request goes out with it.
    expect(bench.dps.last.records.map(({ at }) => at)).toEqual([0, 200, 300, 500, 600]);
    expect(bench.lines.slice(0, 11)).toEqual([
      '0 provisioningBegan',
      '0 connecting',
      '0 tcpConnected 0',
      '0 tlsEstablished 0',
      '0 provisioningStep connect 0',
      '400 provisioningAnswer 202',
      '400 provisioningStep register 100',
      '600 provisioningAnswer 200',
      '600 provisioningStep assign 200',
      `600 assigned ${HUB}`,
      '700 connecting',
    ]);
  });

  it('counts its turns from the end of the handshake', async () => {
    const dps = { ...dpsWith(ASSIGNING, assignedTo(HUB, SERIAL)), tcpMs: 1234 };
    const bench = await registered(new AzureBench({ dps }));
    // The first poll is due at 3000, 3 s after the client was made, which is more than a second ago.
    expect(bench.dps.last.records.map(({ at }) => at)).toEqual([1234, 1434, 1534, 3134, 3234]);
  });
});

describe('polling, with retry-after ignored', () => {
  it('is every 2 s, the first at once when the client is less than a second old', async () => {
    const bench = await registered(new AzureBench({ dps: dpsWith(ASSIGNING) }), 9000);
    expect(requests(bench)).toEqual(['300 R1', '500 P2', '2500 P3', '4500 P4', '6500 P5', '8500 P6']);
    expect(told(bench).slice(0, 3)).toEqual(Array(3).fill('provisioningAnswer 202'));
    expect(bench.failures).toEqual([]);
  });

  it('Quirk: is not before 3 s after the client was made, when it is more than a second old', async () => {
    const bench = await registered(new AzureBench({ dps: { ...dpsWith(ASSIGNING), tcpMs: 1000 } }), 9000);
    expect(requests(bench).slice(0, 3)).toEqual(['1300 R1', '3100 P2', '5100 P3']);
  });

  it('goes on for ever', async () => {
    const bench = await registered(new AzureBench({ dps: dpsWith(ASSIGNING) }), 3_600_000);
    expect(requests(bench).length).toBeGreaterThan(1700);
    expect(bench.of('provisioningRetried', 'bootFailed', 'attemptFailed', 'assigned')).toEqual([]);
  });

  it('uses the first operation id', async () => {
    const second = { ...ASSIGNING, body: { operationId: 'another', status: 'assigning' } };
    const bench = await registered(new AzureBench({ dps: dpsWith(ASSIGNING, second) }), 9000);
    const topics = bench.dps.last.packets.map(topicOfPublish).filter((topic) => topic?.includes('GET'));
    expect(topics.every((topic) => topic?.endsWith('4.0123456789abcdef.01234567-89ab-cdef-0123-456789abcdef'))).toBe(
      true,
    );
  });
});

describe('a request that is put off (429 and above), with retry-after ignored', () => {
  it('Quirk: is repeated with the next turn, when it was to register', async () => {
    const dps = dpsWith(PUT_OFF, BUSY, PUT_OFF, ASSIGNING, assignedTo(HUB, SERIAL));
    const bench = await registered(new AzureBench({ dps }));
    expect(requests(bench)).toEqual(['300 R1', '500 R2', '700 R3', '900 R4', '3100 P5']);
    expect(told(bench)).toEqual([
      ...['provisioningAnswer 429', 'provisioningRetried 429', 'provisioningAnswer 503', 'provisioningRetried 503'],
      ...['provisioningAnswer 429', 'provisioningRetried 429', 'provisioningAnswer 202', 'provisioningAnswer 200'],
    ]);
    // The step is over with the first answer that does not put it off.
    expect(bench.lines).toContain('1000 provisioningStep register 700');
    expect(bench.of('provisioned')).toHaveLength(1);
  });

  it('is repeated 2 s after it, when it was a poll', async () => {
    const dps = dpsWith(ASSIGNING, PUT_OFF, PUT_OFF, assignedTo(HUB, SERIAL));
    const bench = await registered(new AzureBench({ dps }));
    expect(requests(bench)).toEqual(['300 R1', '500 P2', '2500 P3', '4500 P4']);
    expect(bench.of('provisioned')).toHaveLength(1);
  });
});

describe('with retry-after honoured', () => {
  const profile = azureProfile('azure-dps-2026', {
    sdk: {
      clientVersion: '1.15.0',
      networkTimeoutMs: 10_000,
      backoff: { initialMs: 1000, maxMs: 4000, jitterPercent: 0 },
    },
  });
  const later = (seconds: number | undefined): DpsReply => ({
    ...{ status: 202, body: ASSIGNING.body },
    ...(seconds !== undefined && { retryAfter: seconds }),
  });

  it('polls when it is told to: 1 s when it is not told, 300 s at most', async () => {
    const dps = dpsWith(later(3), later(undefined), later(0), later(10), later(301), later(1_000_000), later(5));
    const bench = await registered(new AzureBench({ profile, dps }), 1_000_000);
    expect(requests(bench).slice(0, 8)).toEqual([
      '300 R1',
      // Counted from the decision, a turn before each request.
      ...['3300 P2', '4300 P3', '5300 P4', '15300 P5', '315300 P6', '615300 P7', '620300 P8'],
    ]);
  });

  it('registers again when it is told to, or later each time', async () => {
    const dps = dpsWith(
      PUT_OFF,
      BUSY,
      BUSY,
      BUSY,
      BUSY,
      { ...BUSY, retryAfter: 60 },
      ASSIGNING,
      assignedTo(HUB, SERIAL),
    );
    const bench = await registered(new AzureBench({ profile, dps }), 120_000);
    // 7 s by retry-after; then 2, 4, 4, 4 s, by the backoff of the second, third, … time; then 60 s.
    expect(requests(bench).slice(0, 7)).toEqual([
      ...['300 R1', '7300 R2', '9300 R3', '13300 R4', '17300 R5', '21300 R6', '81300 R7'],
    ]);
    expect(bench.of('provisioned')).toHaveLength(1);
  });

  it('comes back after a lost connection and a silent DPS', async () => {
    const bench = new AzureBench({ profile, dps: { tcp: 'refuse' } });
    bench.twin.boot();
    await bench.clock.advance(500);
    bench.dps.script = dpsWith(undefined);
    await bench.clock.advance(62_000);
    bench.dps.script = {
      answer: (packet, connection) => {
        if (topicOfPublish(packet) === undefined) connection.send(serverAnswer(packet) ?? '');
        else connection.hangUp();
      },
    };
    await bench.clock.advance(5000);
    bench.dps.script = dpsWith(assignedTo(HUB, SERIAL));
    await bench.clock.advance(20_000);
    expect(bench.failures).toEqual([
      'attemptFailed tcp.ECONNREFUSED',
      'attemptFailed dps.TIMEOUT',
      'attemptFailed dps.CLOSED',
    ]);
    // 1, 2 and 4 s after each failure.
    expect(bench.dps.dials).toEqual([0, 1000, 63_300, 67_600]);
    expect(bench.of('provisioningStep').filter(({ step }) => step === 'connect')).toHaveLength(1);
    expect(bench.of('provisioned')).toHaveLength(1);
  });

  it('waits after CONNACK 3, and not after a refusal', async () => {
    const connack = (code: number) => ({
      answer: (_: string, connection: { send(packet: string): void }) => connection.send(`2002000${code}`),
    });
    const bench = new AzureBench({ profile, dps: connack(3) });
    bench.twin.boot();
    await bench.clock.advance(500);
    bench.dps.script = connack(5);
    await bench.clock.advance(60_000);
    expect(bench.failures).toEqual(['attemptFailed dps.CONNACK_3', 'bootFailed dps.CONNACK_5']);
  });
});

describe('what comes unasked', () => {
  it('a second answer is taken like the first', async () => {
    const twice = (packet: string, connection: { send(...packets: string[]): void }) => {
      const answer = serverAnswer(packet);
      if (answer !== undefined) connection.send(answer);
      const rid = /rid=(\d+)/.exec(topicOfPublish(packet) ?? '')?.[1];
      if (rid !== undefined) connection.send(dpsPublish(ASSIGNING, rid), dpsPublish(ASSIGNING, rid));
    };
    const bench = await registered(new AzureBench({ dps: { answer: twice } }), 5000);
    expect(requests(bench)).toEqual(['300 R1', '500 P2', '2500 P3', '4500 P4']);
  });

  it('an answer before the request needs none', async () => {
    const early = (packet: string, connection: { send(...packets: string[]): void }) => {
      const answer = serverAnswer(packet);
      if (answer === undefined) return;
      connection.send(answer);
      if (packet.startsWith('82')) connection.send(dpsPublish(assignedTo(HUB, SERIAL), '1'));
    };
    const bench = await registered(new AzureBench({ dps: { answer: early } }));
    expect(requests(bench)).toEqual([]);
    expect(bench.of('provisioned')).toHaveLength(1);
  });

  it('Quirk: any topic will do', async () => {
    const bench = await registered(
      new AzureBench({
        dps: {
          answer: (packet, connection) => {
            const answer = serverAnswer(packet);
            if (answer !== undefined) connection.send(answer);
            if (topicOfPublish(packet) === undefined) return;
            const body = JSON.stringify(assignedTo(HUB, SERIAL).body);
            connection.send(
              `30${Buffer.from([((3 + body.length) & 0x7f) | 0x80, (3 + body.length) >> 7]).toString('hex')}000174${Buffer.from(body).toString('hex')}`,
            );
          },
        },
      }),
    );
    expect(told(bench)).toEqual(['provisioningAnswer 0']);
    expect(bench.of('provisioned')).toHaveLength(1);
  });
});
