import { describe, expect, it } from 'vitest';
import { BME280_ADDRESS, bme280Decoder } from '../../../emulator/bme280/index.ts';
import { Bme280Driver } from '../../../emulator/bme280-driver/index.ts';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import { ACK, I2cBus, i2cController, type Pace, Recorder, transcript } from '../../../emulator/i2c/index.ts';
import { fromHex, realPart, vectors } from '../../support/bme280.ts';
import { coldStart, FROM_TEMPERATURE_ON, modeWas, readBack } from '../../support/golden.ts';

const decoders = new Map([[BME280_ADDRESS, bme280Decoder]]);

function board(options: { pace?: Pace; startUp?: 'accept' | 'nack'; absent?: boolean } = {}) {
  const time = new ManualClock();
  const clock = new TaskClock(time);
  const { chip } = realPart({ clock, ...(options.startUp && { startUp: options.startUp }) });
  const bus = new I2cBus();
  if (!options.absent) bus.attach(BME280_ADDRESS, chip);
  const recorder = new Recorder(bus);
  const controller = i2cController(recorder, clock, options.pace ?? 'fast');
  return { chip, clock, bus, recorder, controller, driver: new Bme280Driver(controller) };
}

const CALIB00 = '6C 6E 77 66 32 00 A8 92 27 D5 D0 0B 6F 18 CA FF F9 FF AC 26 0A D8 BD 10 00 4B';
const CALIB26 = '65 01 00 14 0B 00 1E';
const COLD = coldStart(CALIB00, CALIB26);
const IDENTIFIED_AND_TRIMMED = COLD.slice(0, 6);

const WARM = [
  ...IDENTIFIED_AND_TRIMMED,
  ...modeWas('57'),
  'W 76 E0 B6 ; reset=B6',
  'W 76 F5 00 ; config=00',
  'W 76 F2 00 ; ctrl_hum=00',
  'W 76 F4 14 ; ctrl_meas=14',
  ...readBack('14', '00', '00'),
  ...FROM_TEMPERATURE_ON,
];

const SAMPLE = ['W 76 F7 + ; -> press_msb', 'R 76 55 33 80 81 7F B0 79 13 ; press=55338 temp=817FB hum=7913'];

describe('the firmware’s sensor driver', () => {
  it('makes a cold start transfer by transfer as recorded', () => {
    const { driver, clock, recorder } = board();
    expect(driver.initialise()).toBe(true);
    clock.spend(40);
    const sample = driver.sample();
    expect(transcript(recorder.transactions, decoders)).toEqual([...COLD, ...SAMPLE]);
    expect(sample).toEqual({
      acknowledged: true,
      temperature: 24.43737091567566,
      pressure: 99621.2735906826,
      humidity: 54.17229420505559,
    });
  });

  it.each(['fast', 'hardware'] as const)('makes the same transfers in %s pace', (pace) => {
    const { driver, clock, recorder } = board({ pace });
    driver.initialise();
    clock.spend(40);
    driver.sample();
    expect(transcript(recorder.transactions, decoders)).toEqual([...COLD, ...SAMPLE]);
  });

  it('gives what Bosch’s code gives for any part and any burst, to the last bit', () => {
    for (const { calib00, calib26, data, old205, note } of vectors) {
      // All registers of a part that stands still: its id, its trimming values and one burst.
      const registers = new Uint8Array(256);
      registers[0xd0] = 0x60;
      for (const [at, text] of [
        [0x88, calib00],
        [0xe1, calib26],
        [0xf7, data],
      ] as const) {
        registers.set(fromHex(text), at);
      }
      let pointer = 0;
      const bus = new I2cBus().attach(BME280_ADDRESS, {
        write([register = 0]) {
          pointer = register;
          return ACK;
        },
        read: (length) => registers.slice(pointer, pointer + length),
      });
      const driver = new Bme280Driver(i2cController(bus, new TaskClock(new ManualClock()), 'fast'));
      expect(driver.initialise()).toBe(true);
      const [, temperature, pressure, humidity] = old205;
      const sample = driver.sample();
      expect(
        [sample.temperature, sample.pressure, sample.humidity].map((value) => value + 0),
        note,
      ).toEqual([temperature, pressure, humidity]);
    }
  });

  it('makes a warm start by a soft reset', () => {
    const { driver, clock, recorder, controller } = board();
    driver.initialise();
    clock.spend(60_000);
    recorder.transactions.length = 0;
    const restarted = new Bme280Driver(controller);
    expect(restarted.initialise()).toBe(true);
    clock.spend(40);
    restarted.sample();
    expect(transcript(recorder.transactions, decoders)).toEqual([...WARM, ...SAMPLE]);
  });

  it('Quirk: the 3 ms that follow the reset are vTaskDelay(3 / 10), which is 0 ticks: no wait at all', () => {
    const { driver, clock, recorder, controller, chip } = board({ pace: 'hardware', startUp: 'nack' });
    clock.spend(5);
    driver.initialise();
    recorder.transactions.length = 0;
    new Bme280Driver(controller).initialise();
    // A part that is deaf in its start-up would lose all three writes, and with them the pressure's oversampling.
    const lines = transcript(recorder.transactions, decoders);
    const reset = lines.indexOf('W 76 E0 B6 ; reset=B6');
    expect(lines.slice(reset, reset + 4)).toEqual(['W 76 E0 B6 ; reset=B6', 'W 76 NACK', 'W 76 NACK', 'W 76 NACK']);
    clock.spend(100);
    chip.write(Uint8Array.of(0xf4), false);
    expect(chip.read(1, true)).not.toEqual(Uint8Array.of(0x57));
  });

  it('reads a conversion 40 ms after the start, which takes 40.0 ms: the very first sample is just there', () => {
    const { driver, clock } = board();
    driver.initialise();
    clock.spend(40);
    expect(driver.sample().temperature).toBe(24.43737091567566);
  });

  it('Quirk: nothing waits for a conversion, so that a sample read too early is garbage that looks plausible', () => {
    const { driver, clock } = board();
    driver.initialise();
    clock.spend(39.9);
    // Bosch's code on this part's reset values (test vector "forum calib: all skipped / reset value").
    expect(driver.sample()).toEqual({
      acknowledged: true,
      temperature: 22.517194657120854,
      pressure: 70188.56288151532,
      humidity: 63.59885883262047,
    });
  });

  it('asks an absent sensor for its id five times and carries on', () => {
    const { driver, recorder } = board({ absent: true });
    expect(driver.initialise()).toBe(false);
    expect(transcript(recorder.transactions).slice(0, 5)).toEqual(Array(5).fill('W 76 NACK +'));
    expect(driver.sample()).toEqual({ acknowledged: false, temperature: 0, pressure: 0, humidity: 0 });
  });

  it('says the previous values again when a read fails', () => {
    const clock = new TaskClock(new ManualClock());
    const { chip } = realPart({ clock });
    let connected = true;
    const bus = new I2cBus().attach(BME280_ADDRESS, {
      write: (bytes, stop) => (connected ? chip.write(bytes, stop) : { ack: 'address-nack' }),
      read: (length, stop) => (connected ? chip.read(length, stop) : undefined),
    });
    const driver = new Bme280Driver(i2cController(bus, clock, 'fast'));
    driver.initialise();
    clock.spend(40);
    const last = driver.sample();
    connected = false;
    expect(driver.sample()).toEqual({ ...last, acknowledged: false });
  });
});
