import { describe, expect, it } from 'vitest';
import { twinBench } from '../../../support/twin.ts';

/**
 * Derived by hand in docs/timing.md, in ms: each command with its wake pulse, wake delay, greeting, frame, polls, reply and
 * idle, at 100 kHz and the clock divider M0.
 */
const READ_32 = 20.09;
const READ_4_OR_INFO = 17.57;
const RANDOM = 39.08;
const GEN_KEY_OR_SIGN = 132.69;
const WRITE_32 = 60.27;
const ECDH = 100.47;
const NONCE = 34.95;

const BOOT_MS = 6 * READ_32 + RANDOM + READ_4_OR_INFO; // 177.19
const CREDENTIALS_MS = 16 * READ_32 + 6 * READ_4_OR_INFO + 2 * GEN_KEY_OR_SIGN; // 692.24
const KEY_AGREEMENT_MS = GEN_KEY_OR_SIGN + RANDOM + WRITE_32 + ECDH; // 332.51
const SIGNATURE_MS = RANDOM + NONCE + GEN_KEY_OR_SIGN; // 206.72

describe('a device in hardware pace', () => {
  it('sends ClientHello 869.43 ms after its boot: 8 and 24 commands', async () => {
    const { clock, twin, broker } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(2000);
    expect(BOOT_MS + CREDENTIALS_MS).toBeCloseTo(869.43, 9);
    expect(broker.last.helloAt).toBeCloseTo(869.43, 6);
  });

  it('sends CONNECT 539.23 ms after that: 7 commands', async () => {
    const { clock, twin, broker, log } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(2000);
    const [connect] = broker.last.records;
    expect(KEY_AGREEMENT_MS + SIGNATURE_MS).toBeCloseTo(539.23, 9);
    expect(connect?.packet.slice(0, 2)).toBe('10');
    expect(connect?.at).toBeCloseTo(869.43 + 539.23, 6);
    expect(log.lines[1]).toMatch(/ tlsEstablished 539\.2(3|29999)/);
  });

  it('takes as long wherever the clock stands, to the rounding of its sums', async () => {
    for (let start = 0.1; start < 604_800_000; start *= 9.7) {
      const { clock, twin, broker } = await twinBench({ pace: 'hardware', start });
      twin.boot();
      await clock.advance(2000);
      expect((broker.last.helloAt ?? 0) - start).toBeCloseTo(869.43, 3);
    }
  });

  it('waits for the broker on top of that', async () => {
    const { clock, twin, broker, log } = await twinBench({ pace: 'hardware', script: { tcpMs: 25 } });
    twin.boot();
    await clock.advance(2000);
    expect(broker.last.dialledAt).toBeCloseTo(869.43, 6);
    expect(broker.last.helloAt).toBeCloseTo(869.43 + 25, 6);
    expect(log.lines[0]).toMatch(/ tcpConnected 25$/);
    expect(broker.last.records[0]?.at).toBeCloseTo(869.43 + 25 + 539.23, 6);
  });

  it('takes the same 31 commands again for the next connection', async () => {
    const { clock, twin, broker } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(5000);
    broker.last.hangUp();
    await clock.advance(20_000);
    expect(broker.last.helloAt).toBeCloseTo(5000 + 15_000 + CREDENTIALS_MS, 6);
    expect(broker.last.records[0]?.at).toBeCloseTo(5000 + 15_000 + CREDENTIALS_MS + 539.23, 6);
  });
});

describe('a device in fast pace', () => {
  it('takes no time for chip and bus, and keeps the periods of its firmware', async () => {
    const { clock, twin, broker, log } = await twinBench({ start: 7 });
    twin.boot();
    await clock.advance(20_000);
    expect(broker.last.helloAt).toBe(7);
    expect(broker.last.records[0]?.at).toBe(7);
    expect(log.telemetry).toEqual([47, 10_087]);
  });
});
