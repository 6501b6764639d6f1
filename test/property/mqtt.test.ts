import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MqttEvent } from '../../emulator/mqtt/index.ts';
import { connected, harness, publishPacket } from '../unit/mqtt/harness.ts';

const record = fc.uint8Array({ minLength: 1, maxLength: 3000 });

/** Bytes that begin as a packet does: a type that is handled, a length that may fit. */
const almostPacket = fc
  .tuple(fc.integer({ min: 0x20, max: 0xdf }), fc.uint8Array({ maxLength: 60 }), fc.integer({ min: -2, max: 2 }))
  .map(([first, body, error]) => Uint8Array.of(first, Math.max(0, body.length + error), ...body));

function messagesOf(events: readonly MqttEvent[]): string {
  return events
    .map((event) => (event.type === 'message' ? Buffer.from(event.payload).toString('latin1') : ''))
    .join('');
}

describe('the MQTT client', () => {
  it('never throws, whatever it reads, and keeps one alarm while it has a transport', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.oneof(record, almostPacket), { maxLength: 20 }), (isConnected, records) => {
        const { client, clock } = isConnected ? connected() : harness();
        if (!isConnected) client.transportUp();
        for (const bytes of records) client.receive(bytes);
        client.transportDown();
        expect(clock.nextAlarm).toBeUndefined();
      }),
    );
  });

  it('handles the next record whatever came before, when that ended as it began', () => {
    fc.assert(
      fc.property(fc.array(almostPacket.filter(([, length = 0, ...body]) => length === body.length)), (packets) => {
        const it = connected();
        for (const bytes of packets) it.client.receive(bytes);
        it.events();
        it.receive(publishPacket('t', 'still here'));
        expect(messagesOf(it.events())).toBe('still here');
      }),
    );
  });

  it('delivers every byte of a message once and in order, however the records split it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 0, max: 2 }),
        fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 8 }),
        (length, qos, cuts) => {
          const text = Array.from({ length }, (_, i) => String.fromCharCode(32 + (i % 95))).join('');
          const packet = Buffer.from(publishPacket('topic', text, qos, 77), 'hex');
          const it = connected();
          // The first piece has the topic whole, as the firmware needs it.
          let at = 0;
          for (const cut of [Math.min(packet.length, 16), ...cuts, packet.length]) {
            if (at >= packet.length) break;
            it.client.receive(packet.subarray(at, at + cut));
            at += cut;
          }
          const events = it.events();
          expect(messagesOf(events)).toBe(text);
          expect(events.filter((event) => event.type === 'message' && event.topic === 'topic')).toHaveLength(1);
          expect(it.sent()).toHaveLength(qos === 0 ? 0 : 1);
        },
      ),
    );
  });
});
