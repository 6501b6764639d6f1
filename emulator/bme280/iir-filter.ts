/**
 * The memory of one channel of the IIR filter (data sheet 3.4.4): each sample moves it by 1/c of the way to the input,
 * the first sample after a reset sets it. How the part rounds inside is unpublished; this keeps a double.
 */
export class IirFilter {
  #memory = Number.NaN;

  reset(): void {
    this.#memory = Number.NaN;
  }

  /**
   * The memory after `samples` samples of a steady `input` with coefficient `c` (1 is off), in closed form. `noise` is a
   * standard normal number scaled by one sample's RMS: what the filter leaves of it is added.
   */
  feed(input: number, samples: number, c: number, noise: number): number {
    if (Number.isNaN(this.#memory)) {
      this.#memory = input + noise;
      return this.#memory;
    }
    const kept = ((c - 1) / c) ** samples;
    // The variance of k independent samples weighted (1/c)·r^i, r = (c-1)/c, is (1 - r^2k) / (2c - 1).
    const left = Math.sqrt((1 - kept * kept) / (2 * c - 1));
    this.#memory = input + (this.#memory - input) * kept + noise * left;
    return this.#memory;
  }
}
