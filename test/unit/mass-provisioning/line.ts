import { factoryMemory } from '../../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import { pemOf } from '../../../emulator/crypto/index.ts';
import { AteccDriver, loadCredentials } from '../../../emulator/host-library/index.ts';
import { I2cBus, i2cController } from '../../../emulator/i2c/index.ts';
import { MassProvisioning } from '../../../emulator/mass-provisioning/index.ts';
import { type Rng, rootRng } from '../../../emulator/rng/index.ts';
import { identityOf } from '../../../src/factory/index.ts';
import { Bench, LAYOUT, makeFleet, SEED_CHIP, type TestFleet } from '../factory/fleet.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

/** A host on the serial line of a device. */
export class SerialLine {
  readonly bench: Bench;
  readonly #driver: AteccDriver;
  readonly #session = new MassProvisioning({ chip: SEED_CHIP, certificates: LAYOUT });

  /** Without memory there is no chip on the bus. */
  constructor(memory: Uint8Array | undefined, rng?: Rng) {
    this.bench = new Bench(memory ?? new Uint8Array(1400), rng);
    const empty = i2cController(new I2cBus(), new TaskClock(new ManualClock()), 'fast');
    this.#driver = memory === undefined ? new AteccDriver(empty) : this.bench.driver;
  }

  /** What comes back to these pieces of text. */
  send(...pieces: readonly string[]): string {
    let answers = '';
    for (const piece of pieces) {
      for (const request of this.#session.requests(latin1(piece))) {
        answers += this.#session.answer(request, this.#driver);
      }
    }
    return answers;
  }
}

/** A factory-fresh chip that is to be device 0 of a fleet, which draws what that device drew in the fleet's factory. */
export function freshLine({ rng }: TestFleet): { readonly line: SerialLine; readonly memory: Uint8Array } {
  const memory = factoryMemory({ serialNumber: identityOf(rng, 0).serialNumber });
  return { line: new SerialLine(memory, rng.fork('device', 0, 'factory')), memory };
}

/** A fleet whose devices have their names in slot 8, its first device, and the texts with which it can be made. */
export function fleetOnPaper(seed = 'fleet') {
  const fleet = makeFleet(seed, 'slot8');
  const device = fleet.factory.provisionDevice(0);
  const [certificate] = loadCredentials(
    new Bench(device.memory.slice(), rootRng('reader')).driver,
    fleet.factory.definitions,
  );
  return {
    fleet,
    device,
    signerPem: pemOf('CERTIFICATE', fleet.ca.signer.der),
    devicePem: pemOf('CERTIFICATE', certificate),
    rootKeyPem: pemOf('PUBLIC KEY', Buffer.concat([P256_INFO, fleet.ca.root.publicKey])),
  };
}

/** SubjectPublicKeyInfo of id-ecPublicKey on prime256v1, up to X (RFC 5480 2; openssl asn1parse shows the same). */
const P256_INFO = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

/** What the firmware prints when all is well (its README's log). */
export const SUCCESS = [
  '',
  'provisioning start',
  'Writing Root Public Key',
  'device sn provisioning complete.',
  'Writing Signer Certificate',
  'Writing Device Certificate',
  'Reading Signer Certificate',
  'Comparing Signer Certificate',
  'Reading Device Certificate',
  'Comparing Device Certificate',
  '',
  'Device Provisioning Successful!',
  '',
].join('\n');
