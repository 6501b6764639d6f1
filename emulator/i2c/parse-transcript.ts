import { EmuError } from '../errors.ts';
import type { Transaction } from './monitor.ts';
import { ACK, ADDRESS_NACK, type I2cWriteResult } from './target.ts';

/** A transfer of a transcript, with the name of the bus that may lead its line. */
export interface TranscribedTransaction {
  readonly port: string | undefined;
  readonly transaction: Transaction;
}

const LINE = /^(?:([a-z]\w*) )?(?:(\d+\.\d+) )?([WR]) ([0-9A-F]{2})((?: [0-9A-F]{2})*)( NACK)?( \+)?(?: ;.*)?$/;

/**
 * Reads back what `transcript` writes. Empty lines and those that begin with `#` are left out. Of a write that was not
 * acknowledged the bytes are lost. Throws `EMU_E_I2C_TRANSCRIPT` with the number of the line that is no transfer.
 */
export function parseTranscript(text: string): TranscribedTransaction[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const match = LINE.exec(line.trimEnd());
    if (match !== null) return [parsed(match)];
    throw new EmuError('EMU_E_I2C_TRANSCRIPT', `line ${index + 1} is not a bus transfer`, {
      value: line,
      hint: 'A line reads like: W 60 03 07 30 00 00 00 03 5D',
    });
  });
}

function parsed([, port, time, kind, address = '', words = '', nack, held]: RegExpExecArray): TranscribedTransaction {
  const bytes = Uint8Array.from(words.match(/[0-9A-F]{2}/g) ?? [], (word) => Number.parseInt(word, 16));
  return {
    port,
    transaction: {
      kind: kind === 'W' ? 'write' : 'read',
      address: Number.parseInt(address, 16),
      bytes,
      result: resultOf(nack !== undefined, bytes.length),
      stop: held === undefined,
      time: time === undefined ? undefined : Number(time),
    },
  };
}

function resultOf(nack: boolean, taken: number): I2cWriteResult {
  if (!nack) return ACK;
  return taken === 0 ? ADDRESS_NACK : { ack: 'data-nack', taken };
}
