import { pemOf } from '../crypto/index.ts';
import { EmuError } from '../errors.ts';
import {
  type AteccDriver,
  type ChipConfiguration,
  configure,
  type IoProtectionKey,
  type ProvisioningStep,
  provision,
  readSerialNumber,
  subjectPublicKeyInfo,
} from '../host-library/index.ts';
import { PEM_LIMIT, PemReception } from './pem-reception.ts';
import { type CredentialLayout, decode, NOTHING_RECEIVED, type Received } from './received.ts';
import {
  FAILURE_TEXTS,
  PROVISIONING_BEGINS,
  PROVISIONING_FAILED,
  PROVISIONING_SUCCEEDED,
  STEP_TEXTS,
} from './texts.ts';

/** What is compiled into the firmware. */
export interface MassProvisioningOptions {
  readonly chip: ChipConfiguration & IoProtectionKey;
  readonly certificates: Omit<CredentialLayout, 'deviceKeySlot'>;
}

/** What wants an answer: a letter, or that a PEM text was longer than it may be. */
export type SerialRequest = (typeof ANSWERED)[number] | 'too long';

const ANSWERED = ['r', 's', 'k', 'p', 'o', 'q'] as const;
const ANNOUNCING: readonly (keyof Received)[] = ['c', 'v', 'b'];

/** How every PEM text begins; none of it is a letter of the protocol. */
const HEADER = '-----BEGIN ';

/** Where it leaves the serial number, besides the common name at the beginning of that slot: 18 digits and two NULs. */
const SERIAL_NUMBER = { offset: 52, length: 20 } as const;

/**
 * The firmware that personalises devices in a factory: a host on its serial line has it configure the chip, fetches the public
 * key, and sends back certificates, by a protocol of single letters (kmwebnet/ECC608-MassProvisioning). There is no echo, and
 * between letters everything else is ignored, line ends too.
 *
 * Where the original would write what it could not read, or call a device provisioned whose certificates do not come
 * back, this one says what is wrong. Where the original says nothing any more, behind `q`, this one starts anew.
 */
export class MassProvisioning {
  readonly #options: MassProvisioningOptions;
  #received = NOTHING_RECEIVED;
  /** What is being received; `undefined` as its place for a text that nobody announced. */
  #reception: { readonly pem: PemReception; readonly place: keyof Received | undefined } | undefined;
  /** The last of what came between letters, in which a text may begin that nobody announced. */
  #tail = '';

  constructor(options: MassProvisioningOptions) {
    this.#options = options;
  }

  /** What of the bytes from the host, in any pieces, is to be answered: each before the next is asked for. */
  *requests(bytes: Uint8Array): Generator<SerialRequest> {
    for (const byte of bytes) {
      const request = this.#reception === undefined ? this.#letter(byte) : this.#receive(byte);
      if (request !== undefined) yield request;
    }
  }

  /** What is sent back, Latin-1. What the chip refuses is in the text. */
  answer(request: SerialRequest, driver: AteccDriver): string {
    switch (request) {
      case 'r':
        return 'Ready.\n';
      case 's':
        return told('Unable to read the serial number', () => serialNumberOf(driver));
      case 'k':
        return this.#configure(driver);
      case 'p':
        return this.#received.c + this.#received.v;
      case 'o':
        return this.#received.b;
      case 'q':
        return this.#provision(driver);
      case 'too long':
        return `no end of the PEM text within ${PEM_LIMIT} bytes\n`;
    }
  }

  #letter(byte: number): SerialRequest | undefined {
    const letter = String.fromCharCode(byte);
    this.#tail = (this.#tail + letter).slice(-HEADER.length);
    // Its base64 would be letters, to configure and to provision among them.
    if (this.#tail === HEADER) this.#begin(undefined, HEADER);
    const place = ANNOUNCING.find((announcing) => announcing === letter);
    if (place !== undefined) this.#begin(place);
    return ANSWERED.find((answered) => answered === letter);
  }

  #begin(place: keyof Received | undefined, begun?: string): void {
    this.#tail = '';
    if (place !== undefined) this.#received = { ...this.#received, [place]: '' };
    this.#reception = { pem: new PemReception(begun), place };
  }

  #receive(byte: number): SerialRequest | undefined {
    if (this.#reception === undefined) return undefined;
    const { pem, place } = this.#reception;
    const state = pem.take(byte);
    if (state === 'more') return undefined;
    this.#reception = undefined;
    if (state === 'too long') return state;
    if (place !== undefined) this.#received = { ...this.#received, [place]: pem.text };
    return undefined;
  }

  /** The public key comes before the spare keys are made: a chip that refuses those has said it. */
  #configure(driver: AteccDriver): string {
    let publicKey = '';
    const failure = told('Unable to configure the chip', () => {
      configure(driver, this.#options.chip, (key) => {
        publicKey = pemOf('PUBLIC KEY', subjectPublicKeyInfo(key));
      });
      return '';
    });
    return publicKey + failure;
  }

  #provision(driver: AteccDriver): string {
    const { chip, certificates } = this.#options;
    const { deviceKeySlot } = chip;
    const decoded = decode(this.#received, { deviceKeySlot, ...certificates });
    this.#received = NOTHING_RECEIVED;
    if (typeof decoded === 'string') return PROVISIONING_BEGINS + decoded + PROVISIONING_FAILED;

    let said = PROVISIONING_BEGINS;
    let step: ProvisioningStep | 'init' = 'init';
    const tell = (next: ProvisioningStep) => {
      step = next;
      said += STEP_TEXTS[next];
    };
    try {
      const text = new Uint8Array(SERIAL_NUMBER.length);
      text.set(new TextEncoder().encode(serialNumberOf(driver)));
      const serialNumber = { slot: certificates.slots.commonName, offset: SERIAL_NUMBER.offset, text };
      provision(driver, chip, decoded.definitions, decoded.credentials, { tell, serialNumber });
      return said + PROVISIONING_SUCCEEDED;
    } catch (error) {
      if (!(error instanceof EmuError)) throw error;
      return `${said}${FAILURE_TEXTS[step]}: ${error.message}\n${PROVISIONING_FAILED}`;
    }
  }
}

function serialNumberOf(driver: AteccDriver): string {
  return Array.from(readSerialNumber(driver), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What `work` says, or that it failed and why. */
function told(failure: string, work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EmuError)) throw error;
    return `${failure}: ${error.message}\n`;
  }
}
