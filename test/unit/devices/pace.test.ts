import { describe, expect, it } from 'vitest';
import { twinBench } from '../../support/twin.ts';

/**
 * Derived by hand, in ms. A byte takes 9 bits of 10 µs at 100 kHz; START and STOP take one bit each; a transfer begins
 * with its address byte, so n bytes take 0.02 + 0.09 (n + 1). Whatever the command, its driver spends
 *
 *     wake pulse, the address alone    0.11
 *     wake delay                      10.00
 *     04 11 33 43, 4 bytes             0.47
 *     count byte of the reply, 1       0.20
 *     idle, 1                          0.20
 *                                     10.98
 *
 * To this come the command (word address, count, opcode, param1, param2, CRC: 8 bytes and its data), the execution
 * time at clock divider M0, as it is seen by polls at 1, 3, 5 … ms, and the reply behind its count byte (the payload
 * and 2 bytes of CRC):
 *
 *                    command              executes, polled   reply               with the 10.98
 *     Read, 32 bytes  8 bytes  0.83         5     5          34 bytes  3.17         19.98
 *     Read, 4 bytes   8        0.83         5     5           6        0.65         17.46
 *     Info            8        0.83         5     5           6        0.65         17.46
 *     Random          8        0.83        23    23          34        3.17         37.98
 *     GenKey          8        0.83       115   115          66        6.05        132.86
 *     Write, 32      40        3.71        45    45           3        0.38         60.07
 *     ECDH           72        6.59        75    75          66        6.05         98.62
 *     Nonce          40        3.71        20    21           3        0.38         36.07
 *     Sign            8        0.83       115   115          66        6.05        132.86
 */
const BOOT_MS = 6 * 19.98 + 37.98 + 17.46; // Reads, Random, Info: 175.32
const CREDENTIALS_MS = 16 * 19.98 + 6 * 17.46 + 2 * 132.86; // Reads of 32 and of 4, GenKeys: 690.16
const KEY_AGREEMENT_MS = 132.86 + 37.98 + 60.07 + 98.62; // GenKey, Random, Write, ECDH: 329.53
const SIGNATURE_MS = 37.98 + 36.07 + 132.86; // Random, Nonce, Sign: 206.91

describe('a device in hardware pace', () => {
  it('sends ClientHello 865.48 ms after its boot: 8 and 24 commands', async () => {
    const { clock, twin, broker } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(2000);
    expect(BOOT_MS + CREDENTIALS_MS).toBeCloseTo(865.48, 9);
    expect(broker.last.helloAt).toBeCloseTo(865.48, 6);
  });

  it('sends CONNECT 536.44 ms after that: 7 commands', async () => {
    const { clock, twin, broker, log } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(2000);
    const [connect] = broker.last.records;
    expect(KEY_AGREEMENT_MS + SIGNATURE_MS).toBeCloseTo(536.44, 9);
    expect(connect?.packet.slice(0, 2)).toBe('10');
    expect(connect?.at).toBeCloseTo(865.48 + 536.44, 6);
    expect(log.lines[1]).toMatch(/ tlsEstablished 536\.44/);
  });

  it('takes as long wherever the clock stands, to the rounding of its sums', async () => {
    for (let start = 0.1; start < 604_800_000; start *= 9.7) {
      const { clock, twin, broker } = await twinBench({ pace: 'hardware', start });
      twin.boot();
      await clock.advance(2000);
      expect((broker.last.helloAt ?? 0) - start).toBeCloseTo(865.48, 3);
    }
  });

  it('waits for the broker on top of that', async () => {
    const { clock, twin, broker, log } = await twinBench({ pace: 'hardware', script: { tcpMs: 25 } });
    twin.boot();
    await clock.advance(2000);
    expect(broker.last.dialledAt).toBeCloseTo(865.48, 6);
    expect(broker.last.helloAt).toBeCloseTo(865.48 + 25, 6);
    expect(log.lines[0]).toMatch(/ tcpConnected 25$/);
    expect(broker.last.records[0]?.at).toBeCloseTo(865.48 + 25 + 536.44, 6);
  });

  it('takes the same 31 commands again for the next connection', async () => {
    const { clock, twin, broker } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(5000);
    broker.last.hangUp();
    await clock.advance(20_000);
    expect(broker.last.helloAt).toBeCloseTo(5000 + 15_000 + CREDENTIALS_MS, 6);
    expect(broker.last.records[0]?.at).toBeCloseTo(5000 + 15_000 + CREDENTIALS_MS + 536.44, 6);
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
