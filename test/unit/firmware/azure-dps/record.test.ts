import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotOffset } from '../../../../emulator/atecc608/index.ts';
import {
  HUB_NAME_LENGTH,
  isHostName,
  padded,
  recordedHub,
  SERIAL_NUMBER_LENGTH,
} from '../../../../emulator/firmware/azure-dps/record.ts';
import {
  ASSIGNING,
  AzureBench,
  assignedTo,
  azureProfile,
  dpsWith,
  HUB,
  provisionedBench,
} from '../../../support/azure-twin.ts';

const SERIAL = '0123ffac64afdf56ee';
const CURRENT = { serialNumber: 0, hubName: 20 };
const ARTICLE = { serialNumber: 52, hubName: 0 };
const LONGEST = `${'a'.repeat(31)}.azure-devices.n`; // 47 characters
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const ascii = (text: string) => Buffer.from(text).toString('hex');
const nul = (count: number) => '00'.repeat(count);

function articleProfile() {
  const { certificates } = azureProfile();
  return azureProfile('azure-dps', {
    record: ARTICLE,
    certificates: { ...certificates, deviceCommonName: 'template' },
  });
}

describe('slot 8, byte for byte', () => {
  it('in the current layout: serial number, 2 NULs, hub, padded to 67', async () => {
    const { slot8, memory, lines } = await provisionedBench();
    expect(hex(slot8.subarray(0, 68))).toBe(ascii(SERIAL) + nul(2) + ascii(HUB) + nul(48 - 24));
    // The rest of the slot is as it left the factory.
    const rest = memory.subarray(slotOffset(8) + 68, slotOffset(8) + 416);
    expect(rest.every((byte) => byte === 0xff)).toBe(true);
    expect(lines.filter((line) => line.includes('provisioned'))).toEqual([`6200 provisioned ${HUB}`]);
  });

  it("in the article's layout: hub, padded to 47, and the serial number at 52", async () => {
    const { slot8 } = await provisionedBench({ profile: articleProfile() });
    expect(hex(slot8.subarray(0, 48))).toBe(ascii(HUB) + nul(48 - 24));
    expect(hex(slot8.subarray(48, 52))).toBe('ffffffff');
    expect(hex(slot8.subarray(52, 72))).toBe(ascii(SERIAL) + nul(2));
  });

  it('holds a name of 47 characters', async () => {
    const dps = dpsWith(ASSIGNING, assignedTo(LONGEST, SERIAL));
    const bench = await provisionedBench({ dps });
    expect(hex(bench.slot8.subarray(20, 68))).toBe(ascii(LONGEST) + nul(1));
    expect(bench.of('provisioned')).toEqual([{ type: 'provisioned', hub: LONGEST }]);
  });
});

/** The beginning of slot 8 with these fields in it. */
function slot(fill: number, ...fields: readonly (readonly [at: number, text: string | Uint8Array])[]): Uint8Array {
  const bytes = new Uint8Array(96).fill(fill);
  for (const [at, text] of fields) bytes.set(typeof text === 'string' ? Buffer.from(text) : text, at);
  return bytes;
}

const whole = (places: typeof CURRENT, hub = HUB) =>
  slot(
    0xff,
    [places.hubName, padded(hub, HUB_NAME_LENGTH)],
    [places.serialNumber, padded(SERIAL, SERIAL_NUMBER_LENGTH)],
  );

describe('a record counts', () => {
  it.each([
    ['current', CURRENT],
    ["the article's", ARTICLE],
  ])('when it is whole, in the %s layout', (_, places) => {
    for (const hub of [HUB, LONGEST, 'localhost', '127.0.0.1']) {
      expect(recordedHub(whole(places, hub), places, SERIAL)).toBe(hub);
    }
  });

  // What a chip may hold without one: each makes the device register.
  it.each<[string, typeof CURRENT, Uint8Array]>([
    ['a slot as the factory left it', CURRENT, slot(0xff)],
    ['a slot of zeros', CURRENT, slot(0)],
    ['a common name alone', CURRENT, slot(0xff, [0, padded(SERIAL, 32)])],
    ['a common name with what is left of a certificate', CURRENT, slot(0xff, [0, `${SERIAL}kLm4pQ9-xyZ.ab`])],
    ['a hub with the serial number of another chip', CURRENT, whole(CURRENT).with(17, 0x66)],
    ['a serial number without its NULs', CURRENT, whole(CURRENT).with(18, 0x65)],
    ['a serial number in capitals', CURRENT, slot(0xff, [0, padded(SERIAL.toUpperCase(), 20)], [20, padded(HUB, 48)])],
    ['a name that does not end', CURRENT, slot(0x61, [0, padded(SERIAL, 20)])],
    ['a name of 48 characters', CURRENT, slot(0xff, [0, padded(SERIAL, 20)], [20, `${LONGEST}t`])],
    ['a name with something behind its NUL', CURRENT, whole(CURRENT).with(67, 1)],
    ['no name', CURRENT, whole(CURRENT, '')],
    ['a name with a space', CURRENT, whole(CURRENT, 'hub 1')],
    ['a name with a port', CURRENT, whole(CURRENT, 'localhost:8883')],
    ['a name with an empty label', CURRENT, whole(CURRENT, 'hub..net')],
    ['a name with a byte that is no ASCII', CURRENT, whole(CURRENT).with(21, 0xe4)],
    ["the other layout's record", CURRENT, whole(ARTICLE)],
    ["the other layout's record", ARTICLE, whole(CURRENT)],
    ["what mass provisioning leaves, where the article's name is", ARTICLE, slot(0, [0, SERIAL], [52, SERIAL])],
  ])('not: %s', (_, places, bytes) => {
    expect(recordedHub(bytes, places, SERIAL)).toBeUndefined();
  });

  it('never when it is cut short by a reset, on any chip that had none', () => {
    const names = fc.constantFrom(
      HUB,
      LONGEST,
      'a',
      'testcorp.azure-devices.net',
      'x'.repeat(43),
      'y.'.repeat(21).slice(0, 41),
    );
    const before = fc.oneof(
      fc.constant(slot(0xff)),
      fc.constant(slot(0xff, [0, padded(SERIAL, 32)])),
      fc.uint8Array({ minLength: 14, maxLength: 14 }).map((rest) => slot(0xff, [0, SERIAL], [18, rest])),
      fc.constant(slot(0xff, [0, padded(SERIAL, 32)], [52, padded(SERIAL, 20)])),
    );
    const tally = { whole: 0, cut: 0 };
    fc.assert(
      fc.property(
        names,
        before,
        fc.constantFrom(CURRENT, ARTICLE),
        fc.nat({ max: 10 }),
        (hub, found, places, commands) => {
          const bytes = found.slice();
          const after = whole(places, hub);
          // In the order of the firmware: the name's words and blocks, then the serial number's words.
          const writes =
            places === CURRENT
              ? [[20, 4], [24, 4], [28, 4], [32, 32], [64, 4], ...[0, 4, 8, 12, 16].map((at) => [at, 4])]
              : [[0, 32], ...[32, 36, 40, 44].map((at) => [at, 4]), ...[52, 56, 60, 64, 68].map((at) => [at, 4])];
          for (const [at = 0, length = 0] of writes.slice(0, commands)) bytes.set(after.subarray(at, at + length), at);
          const believed = recordedHub(bytes, places, SERIAL);
          // A name that is believed is the whole one.
          expect([undefined, hub]).toContain(believed);
          if (commands === 10) expect(believed).toBe(hub);
          tally[believed === undefined ? 'cut' : 'whole']++;
        },
      ),
      { seed: 8, numRuns: 2000 },
    );
    expect(tally.whole).toBeGreaterThan(100);
    expect(tally.cut).toBeGreaterThan(100);
  });
});

it.each([
  ['hub-1.azure-devices.net', true],
  ['a', true],
  ['-a', false],
  ['a-', false],
  ['a.-b', false],
  ['a.', false],
  ['.a', false],
  ['', false],
  ['a_b', false],
  ['a\0b', false],
  ['a\n', false],
])('%j is a host name: %s', (name, expected) => {
  expect(isHostName(name)).toBe(expected);
});

describe('a device without a record that counts', () => {
  it('registers, and so does one that was set back in the middle', async () => {
    const { memory } = await provisionedBench();
    memory[slotOffset(8) + 67] = 0xff;
    const bench = await provisionedBench({ memory });
    expect(bench.of('provisioningSkipped')).toEqual([]);
    expect(bench.of('provisioned')).toHaveLength(1);
    expect(bench.dials[0]).toBe('dps.test:8883');
  });

  it('goes straight to its hub the next time', async () => {
    const { memory } = await provisionedBench();
    const bench = await provisionedBench({ memory });
    expect(bench.lines.slice(0, 2)).toEqual([`0 provisioningSkipped ${HUB}`, '0 connecting']);
    expect(bench.of('provisioningBegan', 'provisioned')).toEqual([]);
    expect(bench.of('connected')).toHaveLength(1);
  });

  it('stays down when the chip refuses the record', async () => {
    const { memory } = new AzureBench();
    // SlotLocked, bytes 88 and 89: slot 8 is bit 8.
    memory[89] = 0xfe;
    const lines: string[] = [];
    const bench = await provisionedBench({ memory, console: (line) => lines.push(line) });
    expect(bench.failures).toEqual(['bootFailed dps.RECORD_DIFFERS']);
    expect(bench.of('provisioned', 'connected')).toEqual([]);
    // Quirk: the code is decimal behind 0x, and the end of the line is written with slashes.
    expect(lines.slice(-2)).toEqual([
      'write azureiot hub URL to slot8 failed with ret=0x00000244/r/nerror comparing Azure IoT URL',
      'write device sn to slot8 failed with ret=0x00000244/r/nerror comparing device sn',
    ]);
  });
});
