import { isLive, liveView, type ProgressView, plainView, quietView, type TextOutput } from '../../report/index.ts';
import type { Environment } from '../io/index.ts';

/** What is shown on `output` while devices are provisioned. */
export class ProvisioningView {
  readonly #view: ProgressView;
  #shownAt = performance.now();

  constructor(output: TextOutput, environment: Environment, quiet: boolean) {
    this.#view = quiet ? quietView : isLive(output, environment) ? liveView(output) : plainView(output);
  }

  made(devices: number, of: number): void {
    const moment = performance.now();
    if (moment - this.#shownAt < this.#view.everyMs && devices < of) return;
    this.#shownAt = moment;
    this.#view.status(`provisioning devices ${devices}/${of}`);
  }

  note(line: string): void {
    this.#view.note(line);
  }

  end(): void {
    this.#view.end();
  }
}
