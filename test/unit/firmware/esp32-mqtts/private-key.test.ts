import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { slotOffset } from '../../../../emulator/atecc608/index.ts';
import { type TwinBench, twinBench } from '../../../support/twin.ts';

/** A private key in its slot: 4 pad bytes, then the scalar. */
const scalarOf = (memory: Uint8Array, slot: number) =>
  Buffer.from(memory.slice(slotOffset(slot) + 4, slotOffset(slot) + 36));

/** All that left the device or its chip: bytes of the wire, plaintext of the handshake and of the records, the bus. */
function everythingSaid({ broker, chipBus, log }: TwinBench): Buffer[] {
  return [
    ...broker.connections.map(({ written }) => Buffer.concat(written)),
    ...broker.connections.flatMap(({ server }) => server.seen.map(({ whole }) => Buffer.from(whole))),
    ...broker.connections.flatMap(({ server }) => server.received.map((record) => Buffer.from(record))),
    ...log.packets.map(({ bytes }) => Buffer.from(bytes)),
    Buffer.concat(chipBus.transactions.map(({ bytes }) => bytes)),
    ...chipBus.transactions.map(({ bytes }) => Buffer.from(bytes)),
  ];
}

const contains = (said: readonly Buffer[], wanted: Buffer) =>
  said.some((bytes) => bytes.includes(wanted) || bytes.includes(Buffer.from(wanted).reverse()));

describe('the private key of a device', () => {
  it('appears in nothing that the device or its chip says, in any slot and in three connections', async () => {
    const bench = await twinBench({ device: 1 });
    const { clock, twin, broker, made } = bench;
    const keys = [0, 2, 3, 7].map((slot) => scalarOf(made.memory, slot));
    twin.boot();
    for (let connection = 0; connection < 3; connection++) {
      await clock.advance(20_000);
      broker.last.hangUp();
    }
    await clock.advance(0);
    const said = everythingSaid(bench);
    expect(broker.connections.length).toBeGreaterThanOrEqual(3);
    for (const key of keys) expect(contains(said, key)).toBe(false);
    // The same search finds what is public: the point that belongs to the key in slot 0, and the IO protection key.
    const ecdh = createECDH('prime256v1');
    ecdh.setPrivateKey(keys[0] as Buffer);
    expect(contains(said, ecdh.getPublicKey().subarray(1))).toBe(true);
    expect(contains(said, Buffer.from(made.memory.slice(slotOffset(4), slotOffset(4) + 32)))).toBe(true);
  });
});
