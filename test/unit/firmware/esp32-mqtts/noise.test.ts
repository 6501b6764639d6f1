import { expect, it } from 'vitest';
import { rootRng } from '../../../../emulator/rng/index.ts';
import { rawOf } from '../../../support/bme280.ts';
import { twinBench } from '../../../support/twin.ts';

/** Raw samples of one sensor in the same air, with what `seed` gives for noise. */
async function samplesWith(seed: string) {
  const { clock, twin, sensorBus } = await twinBench({ rng: rootRng(seed) });
  twin.boot();
  await clock.advance(60_000);
  twin.stop();
  return sensorBus.transactions
    .filter(({ kind, bytes }) => kind === 'read' && bytes.length === 8)
    .map(({ bytes }) => rawOf([...bytes]));
}

it('the sensor of a device has noise, drawn from the branch of its device, about as large as the data sheet says', async () => {
  const [one, again, other] = [await samplesWith('one'), await samplesWith('one'), await samplesWith('other')];
  expect(again).toEqual(one);
  const differences = one.map((sample, i) => {
    const { temperature, pressure, humidity } = other[i] ?? sample;
    return [sample.temperature - temperature, sample.pressure - pressure, sample.humidity - humidity] as const;
  });
  expect(differences).toHaveLength(6);
  // Unfiltered and of one sample, 3.4.5: 0.005 °C in steps of 0.0003, 3.3 Pa in steps of 0.17, 0.07 % in steps of 0.0056.
  for (const [channel, rms] of [16, 19.4, 12.5].entries()) {
    const sizes = differences.map((difference) => Math.abs(difference[channel] ?? 0));
    expect(Math.max(...sizes)).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeLessThan(6 * rms);
  }
});
