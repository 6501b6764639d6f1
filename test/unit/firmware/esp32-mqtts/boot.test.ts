import { describe, expect, it } from 'vitest';
import { handshakeType } from '../../../../emulator/tls/numbers.ts';
import { BOOT, CREDENTIALS, conversation, HANDSHAKE } from '../../../support/golden.ts';
import { type TwinBench, twinBench } from '../../../support/twin.ts';

const exchanges = ({ chipBus }: TwinBench) => conversation(chipBus.transactions).exchanges;

/** When the last of the first `count` commands was over: the chip was sent to idle. */
function endOfCommand({ chipBus }: TwinBench, count: number): number {
  const idles = chipBus.transactions.filter(({ kind, bytes }) => kind === 'write' && bytes[0] === 0x02);
  return idles[count - 1]?.time ?? Number.NaN;
}

describe('a device that boots', () => {
  it('talks to its secure element before anything else: the 8 commands of the start', async () => {
    const bench = await twinBench({ pace: 'hardware' });
    bench.twin.boot();
    await bench.clock.advance(800);
    expect(exchanges(bench).slice(0, 8)).toEqual(BOOT);
    expect(bench.sensorBus.transactions[0]?.time).toBeGreaterThan(endOfCommand(bench, 8));
    expect(bench.broker.connections).toEqual([]);
    expect(bench.log.lines).toEqual([]);
  });

  it('Quirk: certificates are rebuilt from the chip for every connection, before the TCP connect', async () => {
    const bench = await twinBench({ pace: 'hardware', script: { tcp: 'silent' } });
    bench.twin.boot();
    await bench.clock.advance(2000);
    expect(exchanges(bench)).toEqual([...BOOT, ...CREDENTIALS]);
    expect(bench.twin.chipCommands).toBe(8 + 24);
    expect(bench.broker.dials).toEqual([endOfCommand(bench, 32)]);
  });

  it('connects: TCP, TLS, CONNECT, each told once', async () => {
    const { clock, twin, log, broker } = await twinBench({ script: { tcpMs: 12 } });
    twin.boot();
    await clock.advance(30);
    expect(log.lines.slice(0, 3)).toEqual(['12 tcpConnected 12', '12 tlsEstablished 0', '12 connected 0']);
    expect(log.connections).toBe(1);
    expect(broker.connections).toHaveLength(1);
  });

  it('shows two certificates, and the 7 commands of the handshake follow', async () => {
    const bench = await twinBench();
    bench.twin.boot();
    await bench.clock.advance(0);
    expect(exchanges(bench)).toEqual([...BOOT, ...CREDENTIALS, ...HANDSHAKE]);
    const { seen } = bench.broker.last.server;
    expect(seen.map(({ type }) => type)).toEqual([
      handshakeType.clientHello,
      handshakeType.certificate,
      handshakeType.clientKeyExchange,
      handshakeType.certificateVerify,
      handshakeType.finished,
    ]);
  });

  it('believes that it is 1970: its time starts with the boot, whatever the clock says', async () => {
    const { clock, twin, broker } = await twinBench({ start: 86_400_000, script: { tcp: 'refuse' } });
    twin.boot();
    await clock.advance(10_000);
    broker.script = {};
    await clock.advance(5_000);
    const [hello] = broker.last.server.seen;
    // client_version, then gmt_unix_time (RFC 5246 7.4.1.2): the second attempt follows the first by 15 s.
    expect(Buffer.from(hello?.body.subarray(0, 6) ?? []).toString('hex')).toBe('03030000000f');
  });

  it('says that its secure element does not answer, once, and stands still', async () => {
    const mute = { write: () => ({ ack: 'address-nack' }) as const, read: () => undefined, readyAt: () => undefined };
    const { clock, twin, log, broker } = await twinBench({ secureElement: () => mute });
    twin.boot();
    await clock.advance(60_000);
    expect(log.lines).toEqual(['0 bootFailed chip EMU_E_CHIP_WAKE']);
    expect(broker.connections).toEqual([]);
    expect(clock.nextAlarm).toBeUndefined();
  });
});

describe('the first sample', () => {
  it('Quirk: a sample taken while the client has no connection is lost, not queued', async () => {
    const { clock, twin, log, broker, sensorBus } = await twinBench({ script: { tcpMs: 41 } });
    twin.boot();
    await clock.advance(10_079);
    const samples = () => sensorBus.transactions.filter(({ kind, bytes }) => kind === 'read' && bytes.length === 8);
    expect(samples().map(({ time }) => time)).toEqual([40]);
    expect(log.connections).toBe(1);
    expect(log.telemetry).toEqual([]);
    await clock.advance(1);
    expect(samples().map(({ time }) => time)).toEqual([40, 10_080]);
    expect(log.telemetry).toEqual([10_080]);
    expect(
      broker.last.packets.filter((packet) => packet.includes(Buffer.from('Temparature').toString('hex'))),
    ).toHaveLength(1);
  });

  it('is published when the connection is there in time', async () => {
    const { clock, twin, log } = await twinBench({ script: { tcpMs: 39 } });
    twin.boot();
    await clock.advance(40);
    expect(log.telemetry).toEqual([40]);
  });

  it('is always lost in hardware pace: the chip alone takes longer', async () => {
    const { clock, twin, log } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(10_000);
    expect(log.connections).toBe(1);
    expect(log.telemetry).toEqual([]);
  });
});
