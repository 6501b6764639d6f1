import { generate, type Packet, type Parser, parser, writeToStream } from 'mqtt-packet';

export type { Packet };

// The codec would keep a buffer for each of the 65,536 numbers: 8 MB to save the making of a few.
writeToStream.cacheNumbers = false;

/** The bytes of one MQTT 3.1.1 packet. */
export function encode(packet: Packet): Uint8Array {
  return generate(packet);
}

let outcome: Packet | Error | undefined;

function newParser(): Parser {
  return parser({ protocolVersion: 4 })
    .on('packet', (packet) => {
      outcome = packet;
    })
    .on('error', (error) => {
      outcome = error;
    });
}

// One for all clients: it is handed whole packets, so it keeps nothing between two of them.
let shared = newParser();

/** Parses one whole packet that a server may send. CONNECT is not one: the parser would take its protocol version on. */
export function decode(packet: Uint8Array): Packet | Error {
  outcome = undefined;
  try {
    shared.parse(packet as Parameters<Parser['parse']>[0]);
  } catch (error) {
    outcome = error as Error;
  }
  // After an error the parser's position is not reset.
  if (outcome === undefined || outcome instanceof Error) shared = newParser();
  return outcome ?? new Error('Incomplete packet');
}
