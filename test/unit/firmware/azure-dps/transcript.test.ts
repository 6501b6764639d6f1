import { describe, expect, it } from 'vitest';
import { AzureBench, azureProfile, provisionedBench } from '../../../support/azure-twin.ts';
import { BOOT, CREDENTIALS, conversation, HANDSHAKE } from '../../../support/golden.ts';

const INIT = 'Read p1=80 p2=0000 -> 32 bytes';
const read = (address: string) => `Read p1=82 p2=${address} -> 32 bytes`;
const word = (address: string) => `Write p1=02 p2=${address} data=4 -> status 00 Success`;
const block = (address: string) => `Write p1=82 p2=${address} data=32 -> status 00 Success`;

/** With the CN in slot 8 its block is read behind the second GenKey. */
const CREDENTIALS_SLOT_8 = CREDENTIALS.toSpliced(10, 0, read('0040'));

/** Every hook of the TLS library releases and initialises first. */
const [GEN_KEY, RANDOM, IO_KEY, ECDH, SEED, NONCE, SIGN] = HANDSHAKE as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const HOOKS = [INIT, GEN_KEY, INIT, RANDOM, IO_KEY, ECDH, INIT, SEED, NONCE, SIGN];

/** The HSM is created: initialisation and serial number. */
const HSM = [INIT, INIT];

/** Where the current layout has the record: three blocks. */
const RECORD = [read('0040'), read('0140'), read('0240')];

const WRITE_RECORD = [
  INIT,
  ...[word('0045'), word('0046'), word('0047'), block('0140'), word('0240')],
  ...RECORD,
  INIT, // serial number
  ...[word('0040'), word('0041'), word('0042'), word('0043'), word('0044')],
  read('0040'),
];

const SESSION = [...CREDENTIALS_SLOT_8, ...HOOKS];

describe("the secure element's transcript", () => {
  it('has 35 commands for a session', () => {
    expect(CREDENTIALS_SLOT_8).toHaveLength(25);
    expect(SESSION).toHaveLength(35);
  });

  it('of a device that is fresh from the factory', async () => {
    const { chipBus, twin } = await provisionedBench();
    const expected = [
      ...[...BOOT, ...RECORD],
      ...[...HSM, ...SESSION], // DPS
      ...[...HSM, ...SESSION], // hub
      ...WRITE_RECORD,
      ...RECORD, // the telemetry's firmware reads it
      ...[...CREDENTIALS_SLOT_8, ...HANDSHAKE], // and has hooks that do not initialise
    ];
    const { exchanges, wakes, idles } = conversation(chipBus.transactions);
    expect(exchanges).toEqual(expected);
    expect([wakes, idles, twin.chipCommands]).toEqual(Array(3).fill(expected.length));
  });

  it('of a device that has its record: no registration', async () => {
    const { memory } = await provisionedBench();
    const { chipBus, dials, failures } = await provisionedBench({ memory });
    expect(failures).toEqual([]);
    expect(dials).toEqual(['hub-1.azure-devices.test:8883']);
    expect(conversation(chipBus.transactions).exchanges).toEqual([
      ...[...BOOT, ...RECORD, ...CREDENTIALS_SLOT_8, ...HANDSHAKE],
    ]);
  });

  it("in the article's layout, with a common name that is compiled in", async () => {
    const base = azureProfile();
    const profile = azureProfile('azure-dps', {
      record: { serialNumber: 52, hubName: 0 },
      certificates: { ...base.certificates, deviceCommonName: 'template' },
    });
    const { chipBus, failures } = await provisionedBench({ profile });
    expect(failures).toEqual([]);
    const { exchanges } = conversation(chipBus.transactions);
    const session = [...CREDENTIALS, ...HOOKS];
    expect(session).toHaveLength(34);
    const written = exchanges.slice(BOOT.length + 3 + 2 * (2 + 34));
    expect(written.slice(0, 17)).toEqual([
      INIT,
      ...[block('0040'), word('0140'), word('0141'), word('0142'), word('0143')],
      ...[read('0040'), read('0140')],
      INIT,
      ...[word('0145'), word('0146'), word('0147'), word('0240'), word('0241')],
      ...[read('0140'), read('0240')],
      read('0040'), // the telemetry's firmware
    ]);
  });

  it('of a chip that does not answer: the device stays down', async () => {
    const dead = () => ({ ack: 'address-nack', taken: 0 }) as const;
    const bench = new AzureBench({
      secureElement: () => ({ write: dead, read: () => undefined, readyAt: () => undefined }),
    });
    bench.twin.boot();
    await bench.clock.advance(60_000);
    expect(bench.failures).toEqual(['bootFailed chip.EMU_E_CHIP_WAKE']);
    expect(bench.dials).toEqual([]);
  });
});
