import { derFromPem, pemOf } from '../../emulator/crypto/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import { publicKeyFromInfo, subjectPublicKeyInfo } from '../../emulator/host-library/index.ts';
import { type Ca, certificatePem, type DeviceFactory } from '../factory/index.ts';
import { FirmwareProcess } from './firmware-process.ts';

/** At hardware pace the slowest letter takes some seconds. */
const PATIENCE_MS = 60_000;

const SERIAL_NUMBER = /^[0-9a-f]{18}$/;
const KEY_END = '-----END PUBLIC KEY-----\n';
const SUCCESS = '\nDevice Provisioning Successful!\n';
const FAILURE = '\nDevice Provisioning failed!\n';

/** Who issues the certificates of a fleet. */
export interface Issuing {
  readonly ca: Ca;
  readonly factory: Pick<DeviceFactory, 'issue'>;
}

/**
 * Makes the chip at `i2c` a device of the fleet, as the computer of a factory does: by the letters of the firmware's provisioning
 * program (docs/board.md). Resolves to the serial number of the chip, which is the device's common name.
 * @throws EmuError EMU_E_FIRMWARE_PROVISIONING
 */
export async function personalise(program: string, i2c: string, { ca, factory }: Issuing): Promise<string> {
  const line = new SerialLine(program, ['--provision', '--i2c', i2c]);
  try {
    await line.ask('r', (text) => text.endsWith('Ready.\n'));
    const serialNumber = await line.ask('s', (text) => SERIAL_NUMBER.test(text));
    const key = await line.ask('k', (text) => text.endsWith(KEY_END));
    const device = factory.issue(publicKeyOf(key), serialNumber);
    line.write(`c${certificatePem(ca.signer.der)}`);
    line.write(`v${certificatePem(device)}`);
    line.write(`b${pemOf('PUBLIC KEY', subjectPublicKeyInfo(ca.root.publicKey))}`);
    await line.ask('q', (text) => text.endsWith(SUCCESS));
    return serialNumber;
  } finally {
    await line.close();
  }
}

/** X||Y */
function publicKeyOf(pem: string): Uint8Array {
  const info = derFromPem(pem, 'PUBLIC KEY');
  const key = info && publicKeyFromInfo(info);
  if (key !== undefined) return key;
  throw failed(`the firmware answered k with no public key on P-256: ${pem}`);
}

/** The firmware's serial line, from the side of the factory. */
class SerialLine {
  readonly #firmware: FirmwareProcess;
  #text = '';
  #complaint = '';
  #changed = () => {};

  constructor(program: string, parameters: readonly string[]) {
    this.#firmware = new FirmwareProcess(
      program,
      parameters,
      (text) => {
        this.#text += text;
        this.#changed();
      },
      (complaint) => {
        this.#complaint = complaint;
      },
    );
  }

  write(text: string): void {
    this.#firmware.write(text);
  }

  /** Sends a letter; resolves to its answer when that is whole. Anything else that ends in a whole line is a refusal. */
  async ask(letter: string, isWhole: (text: string) => boolean): Promise<string> {
    this.#text = '';
    this.write(letter);
    const answered = new Promise<void>((resolve) => {
      this.#changed = () => {
        if (isWhole(this.#text) || this.#text.endsWith(FAILURE) || /^Unable to .*\n$/.test(this.#text)) resolve();
      };
    });
    let ended: string | undefined;
    let impatience: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      impatience = setTimeout(resolve, PATIENCE_MS);
    });
    const gone = this.#firmware.ended.then(({ how }) => {
      ended = how;
    });
    await Promise.race([answered, gone, late]);
    clearTimeout(impatience);
    if (isWhole(this.#text)) return this.#text;
    throw failed(reasonOf(letter, this.#text, this.#complaint, ended));
  }

  close(): Promise<unknown> {
    return this.#firmware.stop();
  }
}

function reasonOf(letter: string, text: string, complaint: string, ended: string | undefined): string {
  const [last = ''] = text.replace(FAILURE, '').trimEnd().split('\n').slice(-1);
  const said = [last, complaint].filter((words) => words !== '').join('; ');
  const how = ended === undefined ? '' : ` (${ended})`;
  return said === '' ? `the firmware did not answer the letter ${letter}${how}` : `${said}${how}`;
}

function failed(message: string): EmuError {
  return new EmuError('EMU_E_FIRMWARE_PROVISIONING', `the firmware did not provision its chip: ${message}`);
}
