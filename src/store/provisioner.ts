/** A process that makes devices for `provisionOnAllCores`. */
import type { Profile } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { type ErrorDocument, errorDocument, servesParent } from '../base/index.ts';
import { type CaDocument, caFrom, DeviceFactory, type ProvisionedDevice } from '../factory/index.ts';

/** What devices are provisioned from. */
export interface ProvisioningOrder {
  readonly ca: CaDocument;
  readonly randomness: string | Uint8Array;
  readonly profile: Pick<Profile, 'chip' | 'certificates'>;
}

/** The order once, then devices by their numbers. */
export type ToProvisioner = ProvisioningOrder | { readonly numbers: readonly number[] };
export type FromProvisioner = { readonly devices: readonly ProvisionedDevice[] } | { readonly failed: ErrorDocument };

let factory: DeviceFactory | undefined;

const answer = servesParent<ToProvisioner, FromProvisioner>((message) => {
  try {
    if ('numbers' in message) {
      answer({ devices: message.numbers.flatMap((index) => factory?.provisionDevice(index) ?? []) });
    } else {
      const { ca, randomness, profile } = message;
      factory = new DeviceFactory({ rng: rootRng(randomness), ca: caFrom(ca), profile });
    }
  } catch (error) {
    answer({ failed: errorDocument(error) });
  }
});
