import { addressBytes } from '../../../emulator/crypto/index.ts';
import type { Endpoint } from '../wire-tap.ts';

/** TCP's flags (RFC 9293 3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

export interface Segment {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly payload: Uint8Array;
}

const ETHERNET_LENGTH = 14;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TCP = 6;
const HOPS = 64;
const DO_NOT_FRAGMENT = 0x4000;
const WINDOW = 0xffff;
/** Maximum segment size 65475, no operation, window scale 14: no peer ever seems to have filled the window. */
const SYN_OPTIONS = Uint8Array.of(2, 4, 0xff, 0xc3, 1, 3, 3, 14);

/** Locally administered addresses (IEEE 802) for the two sides. */
const MAC = { device: [2, 0, 0, 0, 0, 1], broker: [2, 0, 0, 0, 0, 2] } as const;

interface Side {
  readonly address: Uint8Array;
  readonly port: number;
  readonly mac: readonly number[];
}

/** Makes Ethernet frames of one connection. */
export class Frames {
  readonly #device: Side;
  readonly #broker: Side;

  constructor(device: Endpoint, broker: Endpoint) {
    this.#device = side(device, MAC.device);
    this.#broker = side(broker, MAC.broker);
  }

  frame(from: 'device' | 'broker', { flags, sequence, acknowledgment, payload }: Segment): Uint8Array {
    const [source, destination] = from === 'device' ? [this.#device, this.#broker] : [this.#broker, this.#device];
    const options = flags & SYN ? SYN_OPTIONS : new Uint8Array(0);
    const ipv6 = source.address.length === 16;
    const ipLength = ipv6 ? 40 : 20;
    const tcpLength = 20 + options.length + payload.length;
    const bytes = Buffer.alloc(ETHERNET_LENGTH + ipLength + tcpLength);
    bytes.set(destination.mac, 0);
    bytes.set(source.mac, 6);
    bytes.writeUInt16BE(ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, 12);

    const ip = bytes.subarray(ETHERNET_LENGTH, ETHERNET_LENGTH + ipLength);
    if (ipv6) writeIpv6(ip, tcpLength, source.address, destination.address);
    else writeIpv4(ip, tcpLength, source.address, destination.address);

    const tcp = bytes.subarray(ETHERNET_LENGTH + ipLength);
    tcp.writeUInt16BE(source.port, 0);
    tcp.writeUInt16BE(destination.port, 2);
    tcp.writeUInt32BE(sequence, 4);
    tcp.writeUInt32BE(acknowledgment, 8);
    tcp.writeUInt8(((20 + options.length) / 4) << 4, 12);
    tcp.writeUInt8(flags, 13);
    tcp.writeUInt16BE(WINDOW, 14);
    tcp.set(options, 20);
    tcp.set(payload, 20 + options.length);
    // The pseudo-header: both addresses, the protocol and the length (RFC 9293 3.1, RFC 8200 8.1).
    const pseudo = sum(source.address) + sum(destination.address) + TCP + tcpLength;
    tcp.writeUInt16BE(checksum(pseudo + sum(tcp)), 16);
    return bytes;
  }
}

function side({ address, port }: Endpoint, mac: readonly number[]): Side {
  // A zone (fe80::1%eth0) is no part of the address on the wire.
  return { address: addressBytes(address.replace(/%.*$/, '')) ?? new Uint8Array(4), port, mac };
}

function writeIpv4(ip: Buffer, payloadLength: number, source: Uint8Array, destination: Uint8Array): void {
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(20 + payloadLength, 2);
  ip.writeUInt16BE(DO_NOT_FRAGMENT, 6);
  ip.writeUInt8(HOPS, 8);
  ip.writeUInt8(TCP, 9);
  ip.set(source, 12);
  ip.set(destination, 16);
  ip.writeUInt16BE(checksum(sum(ip)), 10);
}

function writeIpv6(ip: Buffer, payloadLength: number, source: Uint8Array, destination: Uint8Array): void {
  ip.writeUInt8(0x60, 0);
  ip.writeUInt16BE(payloadLength, 4);
  ip.writeUInt8(TCP, 6);
  ip.writeUInt8(HOPS, 7);
  ip.set(source, 8);
  ip.set(destination, 24);
}

/** Of 16-bit words, an odd byte being the high half of the last one (RFC 1071). */
function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  return total;
}

function checksum(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
