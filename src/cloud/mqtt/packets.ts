import { type Packet, type Parser, parser } from 'mqtt-packet';

/** Reads whole packets of one connection; it remembers the protocol version of its CONNECT. */
export class PacketReader {
  #outcome: Packet | Error | undefined;
  readonly #parser: Parser = parser()
    .on('packet', (packet) => {
      this.#outcome = packet;
    })
    .on('error', (error) => {
      this.#outcome = error;
    });

  /** @throws Error for what is no packet */
  read(packet: Buffer): Packet {
    this.#outcome = undefined;
    this.#parser.parse(packet);
    const outcome = this.#outcome as Packet | Error | undefined;
    if (outcome === undefined) throw new Error('Incomplete packet');
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }
}
