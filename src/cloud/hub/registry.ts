import type { X509Certificate } from 'node:crypto';
import { thumbprintsOf } from '../certificates/index.ts';
import { PortalRefusal } from '../refusal.ts';
import type { State, Table } from '../state/index.ts';
import { etag, type Surroundings } from '../surroundings.ts';
import { NEW_TWIN, type Properties, patched, patchedProperties, type Twin } from './twin.ts';

/** By what a device is known: the thumbprints of its certificate, or any certificate of a verified CA. */
export type Authentication =
  | { readonly type: 'selfSigned'; readonly thumbprints: readonly string[] }
  | { readonly type: 'certificateAuthority' };

/** A device as a hub keeps it. */
export interface Device {
  readonly deviceId: string;
  readonly status: 'enabled' | 'disabled';
  readonly authentication: Authentication;
  readonly createdDateTimeUtc: string;
  readonly etag: string;
}

export type DeviceRequest = Pick<Device, 'deviceId' | 'status' | 'authentication'>;

const NOT_FOUND = 404_001;
const ALREADY_EXISTS = 409_001;
const MALFORMED = 400_004;

/** The devices of one hub and their twins. */
export class HubRegistry {
  readonly name: string;
  readonly #devices: Table<Device>;
  readonly #twins: Table<Twin>;
  readonly #surroundings: Surroundings;
  /** How many devices each thumbprint is that of. */
  readonly #thumbprints = new Map<string, number>();
  /** Called for a device that is gone, or may not connect any more. */
  #barred: (deviceId: string, isGone: boolean) => void = () => {};

  constructor(name: string, state: State, surroundings: Surroundings) {
    this.name = name;
    this.#devices = state.table(`device/${name.toLowerCase()}`);
    this.#twins = state.table(`twin/${name.toLowerCase()}`);
    this.#surroundings = surroundings;
    for (const { authentication } of this.#devices.values()) this.#count(authentication, 1);
  }

  get size(): number {
    return this.#devices.size;
  }

  onBarred(barred: (deviceId: string, isGone: boolean) => void): void {
    this.#barred = barred;
  }

  /** Host names do not depend on case. One of the form `host:port` is also called by its host alone. */
  isCalled(host: string): boolean {
    const [name, called] = [this.name.toLowerCase(), host.toLowerCase()];
    return called === name || called === name.replace(/:\d+$/, '');
  }

  list(): Device[] {
    return [...this.#devices.values()];
  }

  find(deviceId: string): Device | undefined {
    return this.#devices.get(deviceId);
  }

  get(deviceId: string): Device {
    const device = this.find(deviceId);
    if (device === undefined) throw new PortalRefusal(404, `${this.name} has no device ${deviceId}`, NOT_FOUND);
    return device;
  }

  /** Whether any device is known by the thumbprint of this certificate. */
  knows(certificate: X509Certificate): boolean {
    return thumbprintsOf(certificate).some((each) => this.#thumbprints.has(each));
  }

  /** Registers a device by hand. */
  create(request: DeviceRequest): Device {
    if (this.find(request.deviceId) !== undefined) {
      throw new PortalRefusal(409, `${this.name} has a device ${request.deviceId} already`, ALREADY_EXISTS);
    }
    return this.#put(request);
  }

  /** Changes a device. */
  update(request: DeviceRequest): Device {
    this.get(request.deviceId);
    const device = this.#put(request);
    if (device.status === 'disabled') this.#barred(device.deviceId, false);
    return device;
  }

  /** Lets a device in that the DPS assigned, by the thumbprints of the certificate that it registered with. */
  provision(deviceId: string, thumbprints: readonly string[]): void {
    const { status } = this.find(deviceId) ?? { status: 'enabled' };
    this.#put({ deviceId, status, authentication: { type: 'selfSigned', thumbprints } });
  }

  remove(deviceId: string): void {
    const device = this.find(deviceId);
    if (device === undefined) return;
    this.#count(device.authentication, -1);
    this.#devices.remove(deviceId);
    this.#twins.remove(deviceId);
    this.#barred(deviceId, true);
  }

  twin(deviceId: string): Twin {
    this.get(deviceId);
    return this.#twins.get(deviceId) ?? NEW_TWIN;
  }

  /** The twin of a device that moves to another hub. */
  takeTwin(deviceId: string): Twin | undefined {
    return this.find(deviceId) && this.twin(deviceId);
  }

  putTwin(deviceId: string, twin: Twin): void {
    this.#twins.put(deviceId, twin);
  }

  /** A device's own patch; undefined when it is none that a twin may have. */
  patchReported(deviceId: string, patch: unknown): Properties | undefined {
    const twin = this.twin(deviceId);
    const reported = patchedProperties(twin.reported, patch);
    if (reported !== undefined) this.putTwin(deviceId, { ...twin, reported });
    return reported;
  }

  /** A portal's patch of desired properties and tags. */
  patchTwin(deviceId: string, { desired, tags }: { readonly desired?: unknown; readonly tags?: unknown }): Twin {
    const twin = this.twin(deviceId);
    const newTags = tags === undefined ? twin.tags : patched(twin.tags, tags);
    const newDesired = desired === undefined ? twin.desired : patchedProperties(twin.desired, desired);
    if (newTags === undefined || newDesired === undefined) {
      throw new PortalRefusal(400, 'a twin may not have this', MALFORMED);
    }
    const changed = { ...twin, tags: newTags, desired: newDesired };
    this.putTwin(deviceId, changed);
    return changed;
  }

  #put(request: DeviceRequest): Device {
    const { rng, date } = this.#surroundings;
    const before = this.find(request.deviceId);
    const device: Device = {
      ...request,
      createdDateTimeUtc: before?.createdDateTimeUtc ?? date().toISOString(),
      etag: etag(rng),
    };
    if (before !== undefined) this.#count(before.authentication, -1);
    this.#count(device.authentication, 1);
    this.#devices.put(device.deviceId, device);
    return device;
  }

  #count(authentication: Authentication, change: 1 | -1): void {
    if (authentication.type !== 'selfSigned') return;
    for (const thumbprint of authentication.thumbprints) {
      const count = (this.#thumbprints.get(thumbprint) ?? 0) + change;
      if (count > 0) this.#thumbprints.set(thumbprint, count);
      else this.#thumbprints.delete(thumbprint);
    }
  }
}
