import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Atecc608, factoryMemory } from '../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../emulator/clock/index.ts';
import { derFromPem, nodeCrypto, pemOf } from '../../emulator/crypto/index.ts';
import { AteccDriver, publicKeyFromInfo, subjectPublicKeyInfo } from '../../emulator/host-library/index.ts';
import { I2cBus, i2cController, Monitor, type Transaction } from '../../emulator/i2c/index.ts';
import { MassProvisioning } from '../../emulator/mass-provisioning/index.ts';
import { certificatePem } from '../../src/factory/index.ts';
import { FirmwareProcess } from '../../src/firmware-run/firmware-process.ts';
import { buildFirmware, personalise } from '../../src/firmware-run/index.ts';
import { chipLines } from '../support/firmware-comparison.ts';
import { firmwareFleet } from '../support/firmware-fleet.ts';
import { serveParts } from '../support/firmware-sides.ts';
import { requireProgram } from '../support/interop.ts';

const gcc = requireProgram('gcc', ['--version']);

const PATIENCE = { timeout: 30_000, interval: 5 };

describe.skipIf(gcc === undefined)('the firmware of the factory, in C, does what its twin does', () => {
  let fleet: Awaited<ReturnType<typeof firmwareFleet>>;
  let program: string;
  let served: Awaited<ReturnType<typeof serveParts>>;
  let memory: Uint8Array;
  beforeAll(async () => {
    fleet = await firmwareFleet('esp32-mqtts', ['localhost']);
    const { profile, factory, device, rng } = fleet;
    program = await buildFirmware({ profile, definitions: factory.definitions }, process.env);
    memory = factoryMemory({ serialNumber: device.serialNumber });
    served = await serveParts({ profile, device: { ...device, memory }, rng });
  });
  afterAll(() => served?.close());

  /** The firmware of emu board --uart, on a chip that draws as that of the board. */
  function twin() {
    const { profile, rng } = fleet;
    const clock = new TaskClock(new ManualClock());
    const options = { crypto: nodeCrypto, rng: rng.fork('chip'), clock, executionTimes: 'none' } as const;
    const bus: Transaction[] = [];
    const chip = new Atecc608({ memory: memory.slice(), ...options });
    const tapped = new Monitor(new I2cBus().attach(0x60, chip), (each) => bus.push(each));
    const driver = new AteccDriver(i2cController(tapped, clock, 'fast'));
    const firmware = new MassProvisioning(profile);
    const say = (text: string) =>
      [...firmware.requests(Buffer.from(text))].map((request) => firmware.answer(request, driver)).join('');
    return { say, bus, memory: () => chip.memory };
  }

  test('the same answers, transfers and memory, letter by letter', async () => {
    const { ca, factory, device } = fleet;
    const its = twin();
    let said = '';
    const firmware = new FirmwareProcess(
      program,
      ['--provision', '--i2c', served.i2c],
      (text) => {
        said += text;
      },
      () => {},
    );
    /** Both are told the same, and answer the same. */
    const tell = async (text: string): Promise<string> => {
      const answer = its.say(text);
      said = '';
      firmware.write(text);
      await vi.waitFor(() => {
        if (said.length < answer.length) throw new Error(`after ${text.slice(0, 1)}: ${said}`);
      }, PATIENCE);
      expect(said).toBe(answer);
      return answer;
    };

    expect(await tell('r')).toBe('Ready.\n');
    expect(await tell('s')).toBe(device.commonName);
    expect(await tell('q')).toContain('none was received');
    const key = await tell('k');
    const publicKey = publicKeyFromInfo(derFromPem(key, 'PUBLIC KEY') ?? new Uint8Array()) as Uint8Array;
    const rootKey = pemOf('PUBLIC KEY', subjectPublicKeyInfo(ca.root.publicKey));
    const texts = (certificate: Uint8Array) =>
      `c${certificatePem(ca.signer.der)}v${certificatePem(certificate)}b${rootKey}`;
    await tell(`${texts(factory.issue(publicKey, device.commonName))}r`);
    expect(await tell('p')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(await tell('o')).toBe(rootKey.trimEnd());
    expect(await tell('q')).toMatch(/Successful!\n$/);
    // A certificate for a key that is not in the chip.
    await tell(`${texts(factory.issue(ca.root.publicKey, device.commonName))}r`);
    expect(await tell('q')).toMatch(/issued for another key.*\n\nDevice Provisioning failed!\n$/);
    expect(await tell('k')).toBe(key);
    expect(await tell(`c${'A'.repeat(5000)}`)).toBe('no end of the PEM text within 4096 bytes\n');
    expect(await tell('cnonsense-----END CERTIFICATE-----\nq')).toContain('signer cert conversion failed');
    await firmware.stop();

    expect(chipLines(served.chip)).toEqual(chipLines(its.bus));
    expect(Buffer.from(served.memory()).toString('hex')).toBe(Buffer.from(its.memory()).toString('hex'));
  });

  test('makes a chip of every device of a fleet', async () => {
    const { profile, device, rng, ca, factory } = fleet;
    const other = await serveParts({ profile, device: { ...device, memory: memory.slice() }, rng });
    try {
      expect(await personalise(program, other.i2c, { ca, factory })).toBe(device.commonName);
    } finally {
      await other.close();
    }
  });

  test('a chip that is not there is said', async () => {
    const { profile, device, rng, ca, factory } = fleet;
    const faults = [{ kind: 'absent', address: 0x60 } as const];
    const without = await serveParts({ profile, device: { ...device, memory: memory.slice() }, rng, faults });
    try {
      await expect(personalise(program, without.i2c, { ca, factory })).rejects.toMatchObject({
        code: 'EMU_E_FIRMWARE_PROVISIONING',
        message: expect.stringContaining('Unable to read the serial number: the chip did not answer the wake pulse'),
      });
    } finally {
      await without.close();
    }
  });
});
