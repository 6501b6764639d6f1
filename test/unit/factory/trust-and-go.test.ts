import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rootRng } from '../../../emulator/rng/index.ts';
import { TrustAndGoFactory } from '../../../src/factory/trust-and-go.ts';
import { Host, hex, makeChip, toHex } from '../../support/atecc608.ts';
import { readTrustAndGo, rebuildTrustAndGo } from '../../support/trust-and-go-host.ts';

const serialNumber = hex('0123 A1B2 C3D4 E5F6 01');
const factory = new TrustAndGoFactory(rootRng('ours'));
const part = (made = factory, options = {}) =>
  new Host(
    makeChip({
      variant: 'ATECC608A-TNGTLS',
      memory: made.make({ serialNumber, rng: rootRng('keys'), ...options }),
    }),
  );
/** X||Y: the end of a SubjectPublicKeyInfo. */
const publicKeyOf = (certificate: X509Certificate) =>
  Uint8Array.from(certificate.publicKey.export({ type: 'spki', format: 'der' }).subarray(-64));
/** What a host makes of the part's slots, under the factory's root. */
function chainOf(host: Host, made = factory) {
  const root = new X509Certificate(made.rootPem);
  const { device, signer } = rebuildTrustAndGo(readTrustAndGo(host), publicKeyOf(root));
  return { root, signer: new X509Certificate(signer), device: new X509Certificate(device) };
}

describe('a part ATECC608A-TNGTLS with certificates', () => {
  test('has a chain that a host rebuilds from its slots and verifies up to the root', () => {
    const { device, signer, root } = chainOf(part());
    expect(device.verify(signer.publicKey)).toBe(true);
    expect(signer.verify(root.publicKey)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect([device.checkIssued(signer), signer.checkIssued(root), root.checkIssued(root)]).toEqual([true, true, true]);
    expect([device.ca, signer.ca, root.ca]).toEqual([false, true, true]);
  });

  test('its certificate is of the key in slot 0, and says who the part is', () => {
    const host = part();
    const { device } = chainOf(host);
    expect(publicKeyOf(device)).toEqual(host.command(0x40, 0x00, 0));
    expect(device.subject).toBe('O=Microchip Technology Inc\nCN=sn0123A1B2C3D4E5F601');
    expect(device.subjectAltName).toBe('DirName:serialNumber=eui48_02B2C3D4E5F6');
  });

  test('slot 5 has the MAC address in ASCII, and 00', () => {
    const { macAddress } = readTrustAndGo(part());
    expect(toHex(macAddress)).toBe(toHex(new TextEncoder().encode('02B2C3D4E5F6')) + '00'.repeat(24));
  });

  // 24 bits of dates, the signer's id, template and chain, source of the serial number and format, and a reserved byte.
  test('the ends of slots 10 and 12 name the layouts that hosts know', () => {
    const { device, signer } = readTrustAndGo(part());
    // 2020-01-01 00h for 28 and 31 years: 10100 0001 00001 00000, then 11100 and 11111.
    expect(toHex(device.subarray(64))).toBe('A0841CFFFF30A000');
    expect(toHex(signer.subarray(64))).toBe('A0841FFFFF10A000');
  });

  test('the slots of MAC address and certificates cannot be written', () => {
    const host = part();
    for (const slot of [5, 10, 11, 12]) expect(host.status(0x12, 0x82, slot << 3, new Uint8Array(32))).toBe(0x0f);
  });

  test('one root issues for all parts, each with its own key and name', () => {
    const [one, other] = [chainOf(part()), chainOf(part(factory, { serialNumber: hex('0123 0000 0000 0001 01') }))];
    expect(other.device.subject).toContain('CN=sn012300000000000101');
    expect(other.device.verify(one.signer.publicKey)).toBe(true);
    expect(other.signer.raw).toEqual(one.signer.raw);
  });

  test('the same branches give the same root and the same memory, others another root', () => {
    const again = new TrustAndGoFactory(rootRng('ours'));
    expect(again.rootPem).toBe(factory.rootPem);
    expect(part(again).chip.memory).toEqual(part().chip.memory);
    const theirs = new TrustAndGoFactory(rootRng('theirs'));
    const { device, signer } = chainOf(part(theirs), theirs);
    expect(device.verify(signer.publicKey)).toBe(true);
    const { root } = chainOf(part());
    expect(signer.verify(root.publicKey)).toBe(false);
  });

  test('has the address that a customer ordered', () => {
    expect(part(factory, { address: 0x36 }).chip.address).toBe(0x36);
    expect(part().chip.address).toBe(0x35);
  });
});
