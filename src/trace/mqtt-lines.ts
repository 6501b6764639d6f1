import { type Packet, type Parser, parser } from 'mqtt-packet';

/** Of a payload, as much as fits a line. */
const PAYLOAD_BYTES = 256;

/** One direction of a connection as a line for each packet. */
export class MqttLines {
  readonly #write: (line: string) => void;
  #parser: Parser;
  #inRecord = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
    this.#parser = this.#newParser();
  }

  /** A new connection: what the old one left unfinished is gone. */
  restart(): void {
    this.#parser = this.#newParser();
  }

  /** The plaintext of one TLS record. */
  record(bytes: Uint8Array): void {
    this.#inRecord = 0;
    this.#parser.parse(Buffer.from(bytes));
  }

  #newParser(): Parser {
    return parser({ protocolVersion: 4 })
      .on('packet', (packet) => {
        // The firmware handles the first packet of a read alone.
        const behind = this.#inRecord++ > 0 ? ' ; in one record with the packet before it' : '';
        this.#write(`${describePacket(packet)}${behind}`);
      })
      .on('error', (error) => {
        this.#write(`malformed: ${error.message}`);
        this.restart();
      });
  }
}

/** A packet in one line: its type as the standard writes it, then what it carries. */
export function describePacket(packet: Packet): string {
  const name = packet.cmd.toUpperCase();
  const id = packet.messageId === undefined ? '' : ` id=${packet.messageId}`;
  switch (packet.cmd) {
    case 'connect': {
      const { clientId, keepalive, clean, username } = packet;
      const user = username === undefined ? '' : ` user=${JSON.stringify(String(username))}`;
      return `${name} client=${JSON.stringify(clientId)} keepalive=${keepalive} clean=${clean ? 1 : 0}${user}`;
    }
    case 'connack':
      return `${name} code=${packet.returnCode} session=${packet.sessionPresent ? 1 : 0}`;
    case 'publish': {
      const { topic, qos, retain, dup, payload } = packet;
      const flags = `qos=${qos} retain=${retain ? 1 : 0}${dup ? ' dup=1' : ''}`;
      return `${name} ${JSON.stringify(topic)} ${flags}${qos > 0 ? id : ''} ${describePayload(Buffer.from(payload))}`;
    }
    case 'subscribe':
      return `${name}${id} ${packet.subscriptions.map(({ topic, qos }) => `${JSON.stringify(topic)} qos=${qos}`).join(', ')}`;
    case 'suback':
      return `${name}${id} granted=${packet.granted.join(',')}`;
    case 'unsubscribe':
      return `${name}${id} ${packet.unsubscriptions.map((topic) => JSON.stringify(topic)).join(', ')}`;
    default:
      return `${name}${id}`;
  }
}

/** Text in quotes where it is text, otherwise hexadecimal; the length of what is cut off. */
function describePayload(payload: Buffer): string {
  const shown = payload.subarray(0, PAYLOAD_BYTES);
  const rest = payload.length > shown.length ? ` … ${payload.length} bytes` : '';
  const text = shown.toString('utf8');
  const isText = Buffer.from(text).equals(shown);
  return `${isText ? JSON.stringify(text) : `hex ${shown.toString('hex')}`}${rest}`;
}
