/** The devices of one hub. */
export class HubRegistry {
  readonly name: string;
  readonly #devices = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  add(deviceId: string): void {
    this.#devices.add(deviceId);
  }

  has(deviceId: string): boolean {
    return this.#devices.has(deviceId);
  }
}
