import { createECDH, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { factoryMemory } from '../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { bootSequence, chipKeys, configure, loadCredentials } from '../../../emulator/host-library/index.ts';
import { CONFIG_DUMP, CREDENTIALS, HANDSHAKE } from '../../support/golden.ts';
import { Bench, makeFleet, SEED_CHIP } from '../factory/fleet.ts';

const CONFIGURE_PROLOGUE = [
  'Read p1=80 p2=0000 -> 32 bytes', // initialisation
  'Read p1=80 p2=0000 -> 32 bytes', // serial number
  'Info p1=00 p2=0000 -> 4 bytes',
  ...CONFIG_DUMP,
  'Read p1=80 p2=0000 -> 32 bytes', // initialisation
  'Read p1=00 p2=0015 -> 4 bytes',
  'Info p1=00 p2=0000 -> 4 bytes',
];

const KEYS_OF_EVERY_RUN = [
  'GenKey p1=00 p2=0000 -> 64 bytes',
  'GenKey p1=04 p2=0002 -> 64 bytes',
  'GenKey p1=04 p2=0003 -> 64 bytes',
  'GenKey p1=04 p2=0007 -> 64 bytes',
];

async function connect(bench: Bench, definitions: Parameters<typeof loadCredentials>[1], commonName?: Uint8Array) {
  loadCredentials(bench.driver, definitions, commonName);
  const server = createECDH('prime256v1');
  server.generateKeys();
  const keys = chipKeys(bench.driver, SEED_CHIP, nodeCrypto);
  const ephemeral = await keys.generateEphemeral();
  const agreed = await keys.agree(Uint8Array.from(server.getPublicKey().subarray(1)));
  const expected = server.computeSecret(Uint8Array.of(0x04, ...ephemeral));
  await keys.sign(createHash('sha256').update('handshake').digest());
  return { agreed, expected: Uint8Array.from(expected) };
}

describe('what the firmware asks its chip', () => {
  it('is 31 commands for one connection', async () => {
    const { factory } = makeFleet();
    const { memory, commonName } = factory.provisionDevice(0);
    const bench = new Bench(memory);
    const { agreed, expected } = await connect(bench, factory.definitions, new TextEncoder().encode(commonName));
    expect(bench.exchanges()).toEqual([...CREDENTIALS, ...HANDSHAKE]);
    expect(bench.driver.commands).toBe(31);
    expect(agreed).toEqual(expected);
  });

  it('is the same 31 again for the next connection', async () => {
    const { factory } = makeFleet();
    const { memory, commonName } = factory.provisionDevice(0);
    const bench = new Bench(memory);
    const name = new TextEncoder().encode(commonName);
    const first = await connect(bench, factory.definitions, name);
    bench.exchanges();
    const second = await connect(bench, factory.definitions, name);
    expect(bench.exchanges()).toEqual([...CREDENTIALS, ...HANDSHAKE]);
    expect(second.agreed).toEqual(second.expected);
    expect(second.agreed).not.toEqual(first.agreed);
  });

  it('is one read more where the common name stands in slot 8', async () => {
    const { factory } = makeFleet('fleet', 'slot8');
    const { memory } = factory.provisionDevice(0);
    const bench = new Bench(memory);
    await connect(bench, factory.definitions);
    const beforeTheName = CREDENTIALS.slice(0, 10);
    const name = 'Read p1=82 p2=0040 -> 32 bytes';
    expect(bench.exchanges()).toEqual([...beforeTheName, name, ...CREDENTIALS.slice(10), ...HANDSHAKE]);
  });

  it('is wrapped in wake and idle, command by command, and never sleep', async () => {
    const { factory } = makeFleet();
    const { memory, commonName } = factory.provisionDevice(0);
    const bench = new Bench(memory);
    await connect(bench, factory.definitions, new TextEncoder().encode(commonName));
    const kinds = bench.recorder.transactions.map(({ kind, address, bytes, stop }) => {
      if (kind === 'read') return `read${stop ? '' : '+'}`;
      return address === 0 ? 'wake' : `write ${bytes[0]}`;
    });
    const one = ['wake', 'read', 'write 3', 'read+', 'read', 'write 2'];
    expect(kinds).toEqual(Array.from({ length: 31 }, () => one).flat());
  });

  it('is eight commands at start-up', () => {
    const { memory, serialNumber } = makeFleet().factory.provisionDevice(0);
    const bench = new Bench(memory);
    const report = bootSequence(bench.driver);
    expect(bench.exchanges()).toEqual([
      'Read p1=80 p2=0000 -> 32 bytes',
      'Random p1=00 p2=0000 -> 32 bytes',
      'Read p1=80 p2=0000 -> 32 bytes',
      'Info p1=00 p2=0000 -> 4 bytes',
      ...CONFIG_DUMP,
    ]);
    expect(report.serialNumber).toEqual(serialNumber);
    expect(report.revision).toEqual(Uint8Array.of(0x00, 0x00, 0x60, 0x02));
    expect(report.configZone).toEqual(memory.subarray(0, 128));
  });
});

describe('what the configuration tool asks a chip', () => {
  it('has the original order on a fresh one', () => {
    const bench = new Bench(factoryMemory({ serialNumber: Uint8Array.of(1, 0x23, 1, 2, 3, 4, 5, 6, 0xee) }));
    configure(bench.driver, SEED_CHIP);
    const words = (...addresses: string[]) =>
      addresses.map((address) => `Write p1=00 p2=${address} data=4 -> status 00 Success`);
    expect(bench.exchanges()).toEqual([
      ...CONFIGURE_PROLOGUE,
      ...words('0004', '0005', '0006', '0007'),
      'Write p1=80 p2=0008 data=32 -> status 00 Success',
      ...words('0010', '0011', '0012', '0013', '0014', '0016', '0017'),
      'Write p1=80 p2=0018 data=32 -> status 00 Success',
      'Lock p1=80 p2=0000 -> status 00 Success',
      'Read p1=00 p2=0015 -> 4 bytes',
      'Lock p1=81 p2=0000 -> status 00 Success',
      'GenKey p1=04 p2=0000 -> 64 bytes',
      ...KEYS_OF_EVERY_RUN,
    ]);
  });

  it('Quirk: a second run keeps the device key and makes the spare ones anew', () => {
    const memory = factoryMemory({ serialNumber: Uint8Array.of(1, 0x23, 1, 2, 3, 4, 5, 6, 0xee) });
    const bench = new Bench(memory);
    const first = configure(bench.driver, SEED_CHIP);
    const spare = bench.driver.genKey(0x00, 2);
    bench.exchanges();
    expect(configure(bench.driver, SEED_CHIP)).toEqual(first);
    expect(bench.exchanges()).toEqual([...CONFIGURE_PROLOGUE, 'Read p1=00 p2=0015 -> 4 bytes', ...KEYS_OF_EVERY_RUN]);
    expect(bench.driver.genKey(0x00, 2)).not.toEqual(spare);
  });

  it('leaves the chip configured as the profile says, and locked', () => {
    const memory = factoryMemory({ serialNumber: Uint8Array.of(1, 0x23, 1, 2, 3, 4, 5, 6, 0xee) });
    configure(new Bench(memory).driver, SEED_CHIP);
    const { configuration } = SEED_CHIP;
    expect(memory.subarray(16, 84)).toEqual(configuration.subarray(0, 68));
    expect([...memory.subarray(84, 88)]).toEqual([0, 0, 0x00, 0x00]);
    expect(memory.subarray(88, 128)).toEqual(configuration.subarray(72));
  });
});
