import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { slotOffset } from '../../../emulator/atecc608/index.ts';
import { loadCredentials } from '../../../emulator/host-library/index.ts';
import { Bench, LAYOUT, makeFleet, type NameSource } from './fleet.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

/** 4 pad bytes, then the scalar. */
function privateKeyOf(memory: Uint8Array, slot = 0): Buffer {
  return Buffer.from(memory.subarray(slotOffset(slot) + 4, slotOffset(slot) + 36));
}

describe('a made device', () => {
  it.each<NameSource>(['template', 'slot8'])('presents a chain that verifies to the root (%s)', (nameSource) => {
    const { ca, factory } = makeFleet('chain', nameSource);
    for (let index = 0; index < 20; index++) {
      const { memory, commonName, serialNumber } = factory.provisionDevice(index);
      const name = nameSource === 'template' ? ascii(commonName) : undefined;
      const [deviceDer, signerDer] = loadCredentials(new Bench(memory).driver, factory.definitions, name);
      expect(signerDer).toEqual(ca.signer.der);
      const [device, signer, root] = [deviceDer, signerDer, ca.root.der].map((der) => new X509Certificate(der));
      if (!device || !signer || !root) throw new Error('three certificates');
      expect(device.subject).toBe(`O=testcorp\nCN=${Buffer.from(serialNumber).toString('hex')}`);
      expect(device.checkIssued(signer)).toBe(true);
      expect(device.verify(signer.publicKey)).toBe(true);
      expect(signer.checkIssued(root)).toBe(true);
      expect(signer.verify(root.publicKey)).toBe(true);
      expect(device.ca).toBe(false);
      expect(device.validFrom).toBe('Jun 17 10:00:00 2026 GMT');
      expect(device.validTo).toBe('Dec 31 23:59:59 3000 GMT');
    }
  });

  it('has a chip locked with its serial number', () => {
    const { memory, serialNumber } = makeFleet().factory.provisionDevice(5);
    expect(memory).toHaveLength(1400);
    expect(memory.subarray(0, 4)).toEqual(serialNumber.subarray(0, 4));
    expect(memory.subarray(8, 13)).toEqual(serialNumber.subarray(4));
    expect([memory[86], memory[87]]).toEqual([0x00, 0x00]);
  });

  it('is the same whichever devices are made beside it', () => {
    const [alone, inOrder] = [makeFleet('split').factory, makeFleet('split').factory];
    const wanted = alone.provisionDevice(3);
    for (const index of [0, 1, 2]) inOrder.provisionDevice(index);
    const [again, next] = [inOrder.provisionDevice(3), inOrder.provisionDevice(4)];
    expect(again.serialNumber).toEqual(wanted.serialNumber);
    for (const slot of [0, 2, 3, 7])
      expect(privateKeyOf(again.memory, slot)).toEqual(privateKeyOf(wanted.memory, slot));
    expect(privateKeyOf(next.memory)).not.toEqual(privateKeyOf(wanted.memory));
  });

  it('does not meet its private key again among the random numbers of its chip in the field', () => {
    const { factory, rng } = makeFleet('branches');
    const { memory } = factory.provisionDevice(0);
    for (const field of [rng.fork('device', 0), rng.fork('device', 0, 'chip')]) {
      const draws = Buffer.from(field.bytes(8192));
      for (const slot of [0, 2, 3, 7]) expect(draws.includes(privateKeyOf(memory, slot))).toBe(false);
    }
  });

  it('has its certificates in the slots, and its record in the layout, that the profile says', () => {
    const slots = { ...LAYOUT.slots, compressedDevice: 12, compressedSigner: 10, signerRecord: 13 };
    const signerRecord = { serialNumber: 48, notBefore: 0, notAfter: 20 };
    const { ca, factory } = makeFleet('elsewhere', 'template', {}, { slots, signerRecord });
    const usual = makeFleet('elsewhere').factory.provisionDevice(0).memory;
    const { memory, commonName } = factory.provisionDevice(0);
    const content = (from: Uint8Array, slot: number, start = 0, end = 72) =>
      Buffer.from(from.subarray(slotOffset(slot) + start, slotOffset(slot) + end)).toString('hex');
    expect(content(memory, 12, 66)).toBe(content(usual, 10, 66));
    expect(content(memory, 10, 66)).toBe(content(usual, 12, 66));
    expect(content(memory, 13, 48, 64)).toBe(content(usual, 14, 4, 20));
    expect(content(memory, 13, 0, 13)).toBe(content(usual, 14, 22, 35));
    expect(content(memory, 13, 20, 33)).toBe(content(usual, 14, 37, 50));
    const [, signer] = loadCredentials(new Bench(memory).driver, factory.definitions, ascii(commonName));
    expect(signer).toEqual(ca.signer.der);
  });

  it('cannot be more than 2^24', () => {
    expect(() => makeFleet().factory.provisionDevice(2 ** 24)).toThrow(
      expect.objectContaining({ code: 'EMU_E_DEVICE_INDEX' }),
    );
  });
});
