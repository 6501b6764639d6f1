import { WORD_ADDRESS } from '../atecc608/index.ts';
import { type Line, LineReader } from '../lines/index.ts';
import { type ChipAnswer, ChipLink, isSelfTestFailure, type KitBus } from './chip-link.ts';
import { type KitRequest, parseKitRequest } from './request.ts';
import { KIT_STATUS, type KitStatus } from './status.ts';

/** The longest line that kit firmware takes (KIT_MESSAGE_SIZE_MAX of ascii_kit_host.h). */
const LINE_LIMIT = 512;
/** Hosts that send a C string whole send its end with it. */
const NUL = 0;

/** Type and interface of each chip here: what hosts look for, whichever ATECC608 it is. */
const CHIP = 'ECC608 TWI';
const NO_CHIP = 'no_device TWI';
const VERSION = 'emu kit';
/** Of the kit protocol, three bytes. */
const FIRMWARE = 'emu 00(010000)';

/**
 * One host on a kit: text of kit protocol version 1 (data sheet, section 10; kit_protocol.c, ascii_kit_host.c and Microchip's kit
 * firmware, kit_protocol_interpreter.c). It answers each line with exactly one, at most 40 characters where the host's
 * buffer has no more, and a refusal with a status and no data.
 */
export class KitSession {
  readonly #bus: KitBus;
  readonly #reader = new LineReader({ limit: LINE_LIMIT, ignored: NUL });
  /** 7 bits; the first chip, wherever it is, until the host has selected one. */
  #selected: number | undefined;

  constructor(bus: KitBus) {
    this.#bus = bus;
  }

  /** The lines that end in what came from the host, in any pieces. */
  lines(bytes: Uint8Array): Iterable<Line> {
    return this.#reader.take(bytes);
  }

  /** The answer to one line, with its LF. Rejects only where the bus does. */
  async answer(line: Line): Promise<string> {
    if (line === 'too long') return `${status(KIT_STATUS.InvalidSize)}\n`;
    return `${await this.#answer(parseKitRequest(String.fromCharCode(...line).trim()))}\n`;
  }

  async #answer(request: KitRequest): Promise<string> {
    switch (request.kind) {
      case 'refused':
        return status(request.status);
      case 'version':
        return `${VERSION} ${this.#device(0)}`;
      case 'firmware':
        return FIRMWARE;
      case 'device':
        return this.#device(request.index);
      case 'interface':
        return status(request.name === 'i2c' ? KIT_STATUS.Success : KIT_STATUS.CommandNotSupported);
      case 'select':
        if (!this.#bus.chips().includes(request.address)) return status(KIT_STATUS.NoDevice);
        this.#selected = request.address;
        return status(KIT_STATUS.Success);
      default:
        return this.#onChip(request);
    }
  }

  /** "type interface 00(address)"; hosts give up at a line without these, so that a missing chip has them too. */
  #device(index: number): string {
    const address = this.#bus.chips()[index];
    return address === undefined
      ? `${NO_CHIP} ${status(KIT_STATUS.Success, Uint8Array.of(0))}`
      : `${CHIP} ${status(KIT_STATUS.Success, Uint8Array.of(address << 1))}`;
  }

  async #onChip(request: Extract<KitRequest, { readonly kind: 'wake' | 'idle' | 'sleep' | 'talk' }>): Promise<string> {
    const address = this.#selected ?? this.#bus.chips()[0];
    if (address === undefined) return status(KIT_STATUS.NoDevice);
    const chip = new ChipLink(this.#bus, address);
    switch (request.kind) {
      case 'wake':
        return wakeStatus(await chip.wake());
      case 'idle':
        return sentStatus(await chip.send(WORD_ADDRESS.Idle));
      case 'sleep':
        return sentStatus(await chip.send(WORD_ADDRESS.Sleep));
      case 'talk':
        return talkStatus(await chip.talk(request.packet));
    }
  }
}

function status(code: KitStatus, data: Uint8Array = new Uint8Array(0)): string {
  return `${hex(Uint8Array.of(code))}(${hex(data)})`;
}

function wakeStatus(answer: Uint8Array | undefined): string {
  if (answer === undefined) return status(KIT_STATUS.WakeFailed);
  return status(isSelfTestFailure(answer) ? KIT_STATUS.SelfTestError : KIT_STATUS.Success, answer);
}

function sentStatus(taken: boolean): string {
  return status(taken ? KIT_STATUS.Success : KIT_STATUS.TxFail);
}

/** A chip's refusal is an answer like any other: hosts read its status from the packet. */
function talkStatus(answer: ChipAnswer): string {
  switch (answer) {
    case 'nack':
      return status(KIT_STATUS.TxFail);
    case 'silent':
      return status(KIT_STATUS.RxNoResponse);
    case 'malformed':
      return status(KIT_STATUS.RxFail);
    default:
      return status(KIT_STATUS.Success, answer);
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}
