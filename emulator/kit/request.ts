import { KIT_STATUS, type KitStatus } from './status.ts';

/** A line of the host; `address` has 7 bits. */
export type KitRequest =
  | { readonly kind: 'version' }
  | { readonly kind: 'firmware' }
  | { readonly kind: 'device'; readonly index: number }
  | { readonly kind: 'select'; readonly address: number }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'wake' | 'idle' | 'sleep' }
  | { readonly kind: 'talk'; readonly packet: Uint8Array }
  | { readonly kind: 'refused'; readonly status: KitStatus };

// Words may be cut short; of several that begin alike the first is meant, so that `d` is device and `s` sleep.
const TARGETS = ['board', 'ecc', 'sha', 'device'] as const;
const BOARD_COMMANDS = [
  'version',
  'firmware',
  'device',
  'discover',
  'get_devices',
  'last_error',
  'application',
] as const;
const CHIP_COMMANDS = ['wake', 'idle', 'sleep', 'talk', 'physical', 'send', 'receive'] as const;
const PHYSICAL_COMMANDS = ['select', 'interface'] as const;

/** The library whose version the host asks for; only that of the kit itself is answered. */
const KIT_LIBRARY = 0;

/**
 * Reads `target:command(data)` in any case, with words cut short: `board:device(00)`, `E:t(0730000000035D)`, `e:p:s(C0)`.
 * Of the chip's targets all mean the selected one, whatever its type.
 */
export function parseKitRequest(line: string): KitRequest {
  const match = /^([^()]*)(?:\(([^()]*)\))?$/.exec(line.toLowerCase());
  if (match === null) return refused(KIT_STATUS.CommandNotValid);
  const [target = '', command = '', ...rest] = (match[1] ?? '').split(':');
  const data = match[2] ?? '';
  switch (named(target, TARGETS)) {
    case undefined:
      return refused(KIT_STATUS.CommandNotValid);
    case 'board':
      return rest.length > 0 ? refused(KIT_STATUS.CommandNotValid) : boardRequest(command, data);
    default:
      return chipRequest(command, rest, data);
  }
}

function boardRequest(command: string, data: string): KitRequest {
  switch (named(command, BOARD_COMMANDS)) {
    case undefined:
      return refused(KIT_STATUS.CommandNotValid);
    case 'version':
      return { kind: 'version' };
    case 'firmware':
      return data === '' || byteOf(data) === KIT_LIBRARY ? { kind: 'firmware' } : refused(KIT_STATUS.InvalidParam);
    case 'device': {
      const index = byteOf(data);
      return index === undefined ? refused(KIT_STATUS.InvalidParam) : { kind: 'device', index };
    }
    default:
      return refused(KIT_STATUS.CommandNotSupported);
  }
}

function chipRequest(command: string, rest: readonly string[], data: string): KitRequest {
  const name = named(command, CHIP_COMMANDS);
  if (name === 'physical') return physicalRequest(rest, data);
  if (name === undefined || rest.length > 0) return refused(KIT_STATUS.CommandNotValid);
  switch (name) {
    case 'talk': {
      const packet = hexBytes(data);
      if (packet === undefined) return refused(KIT_STATUS.InvalidParam);
      return packet.length === 0 ? refused(KIT_STATUS.InvalidSize) : { kind: 'talk', packet };
    }
    case 'send':
    case 'receive':
      return refused(KIT_STATUS.CommandNotSupported);
    default:
      return { kind: name };
  }
}

/** `physical:select(C0)`, where the address has 8 bits, and `physical:interface:i2c`. */
function physicalRequest([command = '', name, ...rest]: readonly string[], data: string): KitRequest {
  const kind = named(command, PHYSICAL_COMMANDS);
  if (kind === 'interface' && name !== undefined && rest.length === 0) return { kind, name };
  if (kind !== 'select' || name !== undefined) return refused(KIT_STATUS.CommandNotValid);
  const address = byteOf(data);
  return address === undefined ? refused(KIT_STATUS.InvalidParam) : { kind, address: address >> 1 };
}

function refused(status: KitStatus): KitRequest {
  return { kind: 'refused', status };
}

function named<const Names extends readonly string[]>(word: string, names: Names): Names[number] | undefined {
  return word === '' ? undefined : names.find((name) => name.startsWith(word));
}

function byteOf(digits: string): number | undefined {
  return digits.length === 2 ? hexBytes(digits)?.[0] : undefined;
}

function hexBytes(digits: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})*$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
