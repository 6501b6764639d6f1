import { type Decoders, type I2c, Monitor, type Transaction, Transcriber } from '../../emulator/i2c/index.ts';

type Write = (line: string) => void;

/**
 * Stands before a bus and writes its transcript, each line led by the port. A read that the driver takes in pieces without
 * a STOP between them is one line, so that the reply can be decoded.
 */
export function transcribed(
  bus: I2c,
  port: string,
  decoders: Decoders,
  clock: { readonly now: () => number },
  write: Write,
): I2c {
  const transcriber = new Transcriber(decoders);
  let held: Transaction | undefined;
  const say = (transaction: Transaction) => write(`${port} ${transcriber.line(transaction)}`);
  return new Monitor(
    bus,
    (transaction) => {
      const whole = held === undefined ? transaction : continued(held, transaction);
      if (held !== undefined && whole === transaction) say(held);
      held = whole.kind === 'read' && whole.result.ack === 'ack' && !whole.stop ? whole : undefined;
      if (held === undefined) say(whole);
    },
    clock,
  );
}

/** Both as one when the second goes on with the first, otherwise the second alone. */
function continued(first: Transaction, second: Transaction): Transaction {
  if (second.kind !== 'read' || second.address !== first.address || second.result.ack !== 'ack') return second;
  return { ...first, bytes: Buffer.concat([first.bytes, second.bytes]), stop: second.stop };
}
