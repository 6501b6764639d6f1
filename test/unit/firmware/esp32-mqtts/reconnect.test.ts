import { describe, expect, it } from 'vitest';
import { ATECC608_ADDRESS, OPCODE, slotOffset } from '../../../../emulator/atecc608/index.ts';
import { BOOT, CREDENTIALS, conversation, HANDSHAKE } from '../../../support/golden.ts';
import { type ServerStep, serverSteps } from '../../../support/hostile-server.ts';
import { type BrokerScript, obediently } from '../../../support/memory-broker.ts';
import { TwinFactory, type TwinSetUp, twinBench } from '../../../support/twin.ts';

const NEVER = Number.POSITIVE_INFINITY;

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

/** A broker that answers CONNECT in its own way. */
const onConnect = (answer: NonNullable<BrokerScript['answer']>): BrokerScript => ({
  answer: (packet, connection) =>
    packet.startsWith('10') ? answer(packet, connection) : obediently(packet, connection),
});

const { trusted: strangers } = await TwinFactory.make();

interface Ending {
  readonly what: string;
  readonly setUp: TwinSetUp;
  /** `step code` and the time of the failure. */
  readonly failure: string;
  readonly at?: number;
  /** Alerts of the device; none by default. */
  readonly alerts?: readonly string[];
}

/** How an attempt can end before CONNACK 0. The timeouts are the firmware's 10 s. */
const attempts: readonly Ending[] = [
  { what: 'TCP refused', setUp: { script: { tcp: 'refuse' } }, failure: 'tcp ECONNREFUSED' },
  {
    what: 'TCP refused late',
    setUp: { script: { tcp: 'refuse', tcpMs: 3000 } },
    failure: 'tcp ECONNREFUSED',
    at: 3000,
  },
  { what: 'TCP unanswered', setUp: { script: { tcp: 'silent' } }, failure: 'tcp TIMEOUT', at: 10_000 },
  { what: 'TLS unanswered', setUp: { script: { readMs: NEVER } }, failure: 'tls TIMEOUT', at: 10_000 },
  {
    what: 'TLS unanswered after a TCP connection that took 4 s',
    setUp: { script: { readMs: NEVER, tcpMs: 4000 } },
    failure: 'tls TIMEOUT',
    at: 14_000,
  },
  {
    what: 'CONNECT unanswered',
    setUp: { script: onConnect(() => {}) },
    failure: 'mqtt CONNACK_TIMEOUT',
    at: 10_000,
    alerts: ['1 0'],
  },
  {
    what: 'CONNACK 5',
    setUp: { script: onConnect((_, connection) => connection.send('20020005')) },
    failure: 'mqtt CONNACK_5',
    alerts: ['1 0'],
  },
  {
    what: 'another packet than CONNACK',
    setUp: { script: onConnect((_, connection) => connection.send('d000')) },
    failure: 'mqtt NOT_A_CONNACK',
    alerts: ['1 0'],
  },
  {
    what: 'close_notify for CONNACK',
    setUp: { script: onConnect((_, connection) => connection.closeNotify()) },
    failure: 'tls CLOSE_NOTIFY',
    alerts: ['1 0'],
  },
  {
    what: 'FIN for CONNACK',
    setUp: { script: onConnect((_, connection) => connection.hangUp()) },
    failure: 'tls EMU_E_TLS_TRUNCATED',
  },
  {
    what: 'RST for CONNACK',
    setUp: { script: onConnect((_, connection) => connection.reset()) },
    failure: 'tls EMU_E_TLS_TRUNCATED',
  },
  {
    what: 'a write after the end for CONNACK',
    setUp: { script: onConnect((_, connection) => connection.reset('EPIPE')) },
    failure: 'tls EMU_E_TLS_TRUNCATED',
  },
  {
    what: 'a fatal alert for the client certificate',
    setUp: {
      script: {
        mischief: {
          after(step, server) {
            if (step !== 'client_flight') return;
            server.alert(2, 48);
            server.hangUp();
          },
        },
      },
    },
    failure: 'tls ALERT_unknown_ca',
  },
  {
    what: 'a broker whose CA is another of the same name',
    setUp: { trusted: strangers },
    failure: 'tls EMU_E_TLS_CA_SIGNATURE',
    alerts: ['2 48'],
  },
];

/** How a connection can end after CONNACK 0. */
const connections: readonly {
  what: string;
  end: 'closeNotify' | 'hangUp' | 'reset';
  failure: string;
  alerts: string[];
}[] = [
  { what: 'close_notify', end: 'closeNotify', failure: 'tls CLOSE_NOTIFY', alerts: ['1 0'] },
  { what: 'FIN', end: 'hangUp', failure: 'tls EMU_E_TLS_TRUNCATED', alerts: [] },
  { what: 'RST', end: 'reset', failure: 'tls EMU_E_TLS_TRUNCATED', alerts: [] },
];

describe('an attempt that ends before CONNACK', () => {
  it.each(attempts)('by $what is told once, and the next follows 15 s later', async (ending) => {
    const { setUp, failure, at = 0, alerts = [] } = ending;
    const { clock, twin, log, broker } = await twinBench(setUp);
    twin.boot();
    await clock.advance(at);
    expect(log.failures.map((told) => `${told.at} ${told.event} ${told.step} ${told.code}`)).toEqual([
      `${at} attemptFailed ${failure}`,
    ]);
    expect(log.failures[0]?.message).toMatch(/\S/);
    expect(log.connections).toBe(0);
    expect(broker.last.alerts).toEqual(alerts);
    expect(broker.last.state).not.toBe('open');
    await clock.advance(14_999);
    expect(broker.dials).toEqual([0]);
    expect(log.failures).toHaveLength(1);
    await clock.advance(1);
    expect(broker.dials).toEqual([0, at + 15_000]);
  });

  it.each(serverSteps)('by a broker that hangs up at %s is told once, and the next follows', async (step) => {
    const after = (reached: ServerStep, server: { hangUp(): void }) => {
      if (reached === step) server.hangUp();
    };
    const { clock, twin, log, broker } = await twinBench({ script: { mischief: { after } } });
    twin.boot();
    await clock.advance(1000);
    expect(log.failures).toHaveLength(1);
    const [{ event, step: where, code } = {}] = log.failures;
    // After its Finished the broker has a connection, and cuts it.
    const codes = step === 'finished' ? /^EMU_E_TLS_TRUNCATED$/ : /^EMU_E_TLS_CLOSED_AT_[A-Z_]+$/;
    expect([event, where]).toEqual(['attemptFailed', 'tls']);
    expect(code).toMatch(codes);
    broker.script = {};
    await clock.advance(14_000);
    expect(broker.dials).toEqual([0, 15_000]);
    expect(log.connections).toBe(1);
  });

  it('is not revived by a TCP connection that comes after its time', async () => {
    const { clock, twin, log, broker } = await twinBench({ script: { tcpMs: 12_000 } });
    twin.boot();
    await clock.advance(14_000);
    expect(log.lines).toEqual(['10000 attemptFailed tcp TIMEOUT']);
    expect(broker.last.state).toBe('destroyed');
    expect(broker.last.written).toEqual([]);
  });

  it('is not revived by a handshake that comes after its time', async () => {
    const { clock, twin, log, broker } = await twinBench({ script: { readMs: 12_000 } });
    twin.boot();
    await clock.advance(14_000);
    expect(broker.last.server.seen).toHaveLength(1);
    expect(log.lines).toEqual(['0 tcpConnected 0', '10000 attemptFailed tls TIMEOUT']);
    expect(twin.chipCommands).toBe(8 + 24);
  });

  it('is followed by another, for ever and at the same pace', async () => {
    const { clock, twin, log, broker } = await twinBench({ script: { tcp: 'refuse' } });
    twin.boot();
    await clock.advance(900_000);
    expect(broker.dials).toEqual(Array.from({ length: 61 }, (_, i) => i * 15_000));
    expect(log.failures).toHaveLength(61);
    broker.script = {};
    await clock.advance(15_000);
    expect(log.connections).toBe(1);
  });

  it('by its own chip is told as such, and followed by another', async () => {
    const { clock, twin, log, broker, made } = await twinBench();
    const compressed = slotOffset(12);
    const kept = made.memory.slice(compressed, compressed + 72);
    made.memory.fill(0xff, compressed, compressed + 72);
    twin.boot();
    await clock.advance(14_999);
    expect(log.lines).toEqual(['0 attemptFailed chip EMU_E_CERTIFICATE_REBUILD']);
    expect(broker.connections).toEqual([]);
    made.memory.set(kept, compressed);
    await clock.advance(1);
    expect(log.connections).toBe(1);
  });

  it('by a chip that fails inside the handshake is told once', async () => {
    const { clock, twin, log } = await twinBench({
      secureElement: (bus) => ({
        ...bus,
        write: (address, bytes, stop) =>
          bytes[2] === OPCODE.Sign ? { ack: 'data-nack', taken: 3 } : bus.write(address, bytes, stop),
        read: (...transfer) => bus.read(...transfer),
        readyAt: () => bus.readyAt(ATECC608_ADDRESS),
      }),
    });
    twin.boot();
    await clock.advance(14_999);
    expect(log.lines).toEqual(['0 tcpConnected 0', '0 attemptFailed tls EMU_E_TLS_KEY_OPERATION']);
    expect(log.failures[0]?.message).toContain('Sign');
  });
});

describe('a connection that ends after CONNACK', () => {
  it.each(connections)('by $what is told once, and the next follows 15 s later', async (ending) => {
    const { clock, twin, log, broker } = await twinBench();
    twin.boot();
    await clock.advance(7000);
    const [first] = broker.connections;
    first?.[ending.end]();
    await clock.advance(14_999);
    expect(log.failures.map((told) => `${told.at} ${told.event} ${told.step} ${told.code}`)).toEqual([
      `7000 disconnected ${ending.failure}`,
    ]);
    expect(first?.alerts).toEqual(ending.alerts);
    expect(broker.dials).toEqual([0]);
    await clock.advance(1);
    expect(broker.dials).toEqual([0, 22_000]);
    expect(log.connections).toBe(2);
    expect(log.failures).toHaveLength(1);
  });

  it('comes back with the whole start of a connection: 24 and 7 commands, a new ephemeral key, no resumption', async () => {
    const bench = await twinBench();
    const { clock, twin, broker, chipBus } = bench;
    twin.boot();
    await clock.advance(1000);
    broker.last.hangUp();
    await clock.advance(15_000);
    broker.last.closeNotify();
    await clock.advance(15_000);
    expect(broker.connections).toHaveLength(3);
    const again = [...CREDENTIALS, ...HANDSHAKE];
    expect(conversation(chipBus.transactions).exchanges).toEqual([...BOOT, ...again, ...again, ...again]);
    expect(twin.chipCommands).toBe(8 + 3 * 31);

    const messages = (n: number) => broker.connections.map(({ server }) => hex(server.seen[n]?.body));
    const [hellos, certificates, ephemerals] = [messages(0), messages(1), messages(2)];
    // client_version, random, and a session id of no bytes: a full handshake is asked for.
    for (const hello of hellos) expect(hello.slice(2 * 34, 2 * 35)).toBe('00');
    expect(new Set(hellos.map((hello) => hello.slice(2 * 6, 2 * 34))).size).toBe(3);
    expect(new Set(certificates).size).toBe(1);
    expect(new Set(ephemerals).size).toBe(3);
  });

  it('Quirk: a new IO protection key for every handshake, written in clear', async () => {
    const { clock, twin, broker, made, chipBus } = await twinBench();
    const ioKey = () => hex(made.memory.subarray(slotOffset(4), slotOffset(4) + 32));
    const factoryKey = ioKey();
    const keys: string[] = [];
    twin.boot();
    for (let handshake = 0; handshake < 4; handshake++) {
      await clock.advance(1000);
      keys.push(ioKey());
      broker.last.hangUp();
      await clock.advance(14_999);
      expect(ioKey()).toBe(keys.at(-1));
    }
    expect(new Set([factoryKey, ...keys]).size).toBe(5);
    // Write, 32 bytes, slot 4: the key follows the parameters as it is.
    const written = chipBus.transactions
      .map(({ bytes }) => hex(bytes))
      .filter((bytes) => bytes.startsWith('032712822000'));
    expect(written.map((bytes) => bytes.slice(12, 12 + 64))).toEqual(keys);
  });
});
