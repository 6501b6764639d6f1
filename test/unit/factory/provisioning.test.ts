import { createHash, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { factoryMemory, slotOffset } from '../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import {
  type Credentials,
  chipKeys,
  compressSigner,
  configure,
  dataAddress,
  loadCredentials,
  provision,
} from '../../../emulator/host-library/index.ts';
import {
  authorityKeyIdentifier,
  distinguishedName,
  issueCertificate,
  subjectKeyIdentifier,
  subjectOf,
} from '../../../src/factory/certificate.ts';
import { type Ca, identityOf } from '../../../src/factory/index.ts';
import { Bench, makeFleet, NAMES, type NameSource, SEED_CHIP } from './fleet.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

/** A device certificate built field by field as the data sheet has it; nothing of the template is in it. */
function issueByHand(ca: Ca, publicKey: Uint8Array, commonName: string): Uint8Array {
  // 2026-06-17 10 h, expire years 0: 11010 0110 10001 01010 00000.
  const serialNumber = createHash('sha256')
    .update(publicKey)
    .update(Uint8Array.of(0xd3, 0x45, 0x40))
    .digest()
    .subarray(0, 16);
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40;
  return issueCertificate(
    {
      serialNumber,
      issuer: subjectOf(ca.signer.der),
      notBefore: new Date('2026-06-17T10:00:00Z'),
      notAfter: new Date('3000-12-31T23:59:59Z'),
      subject: distinguishedName(NAMES.organization, commonName),
      publicKey,
      extensions: [subjectKeyIdentifier(publicKey), authorityKeyIdentifier(ca.signer.publicKey)],
    },
    ca.signer.privateKey,
  );
}

/** A configured chip and a certificate for its key. */
function configured(nameSource: NameSource, index = 0, chip = SEED_CHIP) {
  const { ca, factory, rng } = makeFleet();
  const { commonName, serialNumber } = identityOf(rng, index);
  const memory = factoryMemory({ serialNumber });
  const bench = new Bench(memory, rng.fork('bench', index));
  const device = issueByHand(ca, configure(bench.driver, chip), commonName);
  bench.exchanges();
  const credentials: Credentials = {
    rootPublicKey: ca.root.publicKey,
    signer: ca.signer.der,
    signerSlots: compressSigner(ca.signer.der, factory.definitions.signerRecord),
    device,
    commonName: nameSource === 'template' ? ascii(commonName) : undefined,
  };
  return { bench, commonName, credentials, definitions: factory.definitions, memory };
}

function provisioned(nameSource: NameSource, index = 0, chip = SEED_CHIP) {
  const made = configured(nameSource, index, chip);
  provision(made.bench.driver, chip, made.definitions, made.credentials);
  return made;
}

const written = (...addresses: string[]) =>
  addresses.map((address) => `Write p1=82 p2=${address} data=32 -> status 00 Success`);
const blocks = (...addresses: string[]) => addresses.map((address) => `Read p1=82 p2=${address} -> 32 bytes`);
const words = (...addresses: string[]) => addresses.map((address) => `Read p1=02 p2=${address} -> 4 bytes`);

const WRITES = [
  ...written('0020'), // IO protection key
  ...written('0078', '0178', '0278'), // root key
  ...written('0060', '0160', '0260', '0070', '0170', '0058', '0158', '0258'), // signer
  ...written('0050', '0150', '0250'), // device
];
const READ_BACK = [
  ...blocks('0060', '0160'),
  ...words('0260', '0261'),
  ...blocks('0070', '0170', '0058', '0158'),
  ...words('0258', '0259'),
  ...blocks('0050', '0150'),
  ...words('0250', '0251'),
  'GenKey p1=00 p2=0000 -> 64 bytes',
];
const INITIALISATION = 'Read p1=80 p2=0000 -> 32 bytes';

describe('what the provisioning tool does to a chip', () => {
  it('writes slots 4, 15, 12, 14, 11, 10 and reads the certificates back', () => {
    const { bench } = provisioned('template');
    expect(bench.exchanges()).toEqual([INITIALISATION, ...WRITES, ...READ_BACK]);
  });

  it('writes slot 8 too where the common name comes from there', () => {
    const { bench } = provisioned('slot8');
    expect(bench.exchanges()).toEqual([INITIALISATION, ...WRITES, ...written('0040'), ...READ_BACK, ...blocks('0040')]);
  });

  it('leaves the keys and the name in their slots', () => {
    const { commonName, credentials, memory } = provisioned('slot8');
    const slot = (number: number, length: number) => memory.subarray(slotOffset(number), slotOffset(number) + length);
    expect(slot(4, 32)).toEqual(SEED_CHIP.ioProtectionKey);
    expect(slot(15, 4)).toEqual(new Uint8Array(4));
    expect(slot(15, 36).subarray(4)).toEqual(credentials.rootPublicKey.subarray(0, 32));
    expect(slot(15, 72).subarray(40)).toEqual(credentials.rootPublicKey.subarray(32));
    expect(slot(8, 18)).toEqual(ascii(commonName));
  });

  it('leaves slot 8 alone where the name is compiled in', () => {
    const { memory } = provisioned('template');
    expect([...memory.subarray(slotOffset(8), slotOffset(9))].every((byte) => byte === 0xff)).toBe(true);
  });

  it('says when the certificate from the chip differs from the one that was written', () => {
    const { bench, credentials, definitions } = configured('template');
    const stranger = { ...credentials, commonName: ascii('0123000000000000ee') };
    expect(() => provision(bench.driver, SEED_CHIP, definitions, stranger)).toThrow(
      expect.objectContaining({
        code: 'EMU_E_PROVISIONING',
      }),
    );
  });
});

describe('a provisioned chip', () => {
  it('gives back the certificates as issued, byte for byte', () => {
    for (let index = 0; index < 16; index++) {
      const nameSource = index % 2 === 0 ? 'template' : 'slot8';
      const { bench, credentials, definitions } = provisioned(nameSource, index);
      const [device, signer] = loadCredentials(bench.driver, definitions, credentials.commonName);
      expect(device).toEqual(credentials.device);
      expect(signer).toEqual(credentials.signer);
    }
  });

  it('signs with the key of its certificate', async () => {
    const { bench, credentials } = provisioned('template');
    const digest = createHash('sha256').update('handshake').digest();
    const signature = await chipKeys(bench.driver, SEED_CHIP, nodeCrypto).sign(digest);
    const { publicKey } = new X509Certificate(credentials.device);
    expect(verify('sha256', Buffer.from('handshake'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(
      true,
    );
  });

  it('names the status of the library when a slot holds something else', () => {
    const { bench, credentials, definitions } = provisioned('template');
    const lastBlock = new Uint8Array(32);
    lastBlock.set(bench.driver.read('data', dataAddress(10, 2), 32));
    lastBlock[5] = 0x30; // template id 3
    bench.driver.write('data', dataAddress(10, 2), lastBlock);
    expect(() => loadCredentials(bench.driver, definitions, credentials.commonName)).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CERTIFICATE_REBUILD',
        value: 'ATCACERT_E_WRONG_CERT_DEF',
      }),
    );
  });

  it('does not encrypt an ECDH result when ChipOptions are 0000', async () => {
    const configuration = SEED_CHIP.configuration.slice();
    configuration.set([0x00, 0x00], 90 - 16);
    const { bench } = provisioned('template', 0, { ...SEED_CHIP, configuration });
    const keys = chipKeys(bench.driver, SEED_CHIP, nodeCrypto);
    const peer = await keys.generateEphemeral();
    await expect(keys.agree(peer)).rejects.toMatchObject({
      code: 'EMU_E_CHIP_STATUS',
      value: { command: 'ECDH', status: 0x0f },
    });
  });

  it('refuses 4 bytes to a secret slot, a second lock and a read of a private key', () => {
    const { bench } = provisioned('template');
    const refused = { code: 'EMU_E_CHIP_STATUS', value: expect.objectContaining({ status: 0x0f }) };
    expect(() => bench.driver.write('data', dataAddress(4), new Uint8Array(4))).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => bench.driver.lock(0x80)).toThrow(expect.objectContaining(refused));
    expect(() => bench.driver.lock(0x81)).toThrow(expect.objectContaining(refused));
    expect(() => bench.driver.read('data', dataAddress(0), 32)).toThrow(expect.objectContaining(refused));
  });
});
