import { OPCODE, type SlotPolicy, slotSize } from '../../emulator/atecc608/index.ts';
import { pick, whole, withProbability } from './atecc608-draws.ts';
import type { Insider, Scenario } from './atecc608-insider.ts';
import { joined, le16, zeros } from './atecc608-messages.ts';

const TEMP_KEY = 0xffff;
const FROM_BUFFER = 3;
const [TO_UPPER, TO_BUFFER, TO_OUTPUT] = [1, 3, 4];
const [PRF, AES, HKDF] = [0, 1, 2];

const makesMacs = ({ slotConfig, keyConfig }: SlotPolicy) => !keyConfig.private && !slotConfig.noMac;

/** SHA, AES and KDF. */
export const cipherScenarios: readonly Scenario[] = [
  (host) => host.last(OPCODE.SHA, 0x00),
  (host) => {
    host.send(OPCODE.SHA, 0x00);
    update(host, 0x01);
  },
  ...[0x02, 0x42, 0xc2].map(
    (mode): Scenario =>
      (host) => {
        host.send(OPCODE.SHA, 0x00);
        if (withProbability(host.rng, 0.3)) host.send(OPCODE.SHA, 0x01, 64, host.rng.bytes(64));
        update(host, mode);
      },
  ),
  (host) => {
    const slot = host.slotWhere(({ slotConfig, keyConfig }, index) => {
      return keyConfig.keyType === 4 && !keyConfig.private && !slotConfig.isSecret && index > 7;
    });
    host.send(OPCODE.SHA, 0x00);
    host.last(OPCODE.SHA, 0x03, slot);
  },
  (host) => {
    const slot = host.slotWhere(makesMacs);
    host.ready(slot);
    host.last(OPCODE.SHA, 0x04, slot);
    update(host, 0x02);
  },
  (host) => {
    host.input();
    host.last(OPCODE.SHA, 0x04, TEMP_KEY);
    update(host, 0xc2);
  },
  (host) => {
    host.send(OPCODE.SHA, 0x00);
    update(host, 0x01);
    host.last(OPCODE.SHA, 0x06);
  },
  (host) => {
    host.send(OPCODE.SHA, 0x00);
    update(host, 0x01);
    const context = host.send(OPCODE.SHA, 0x06);
    host.last(OPCODE.SHA, 0x07, context.length, context);
    update(host, 0x02);
  },
  (host) => host.last(OPCODE.SHA, 0x05, 0),
  ...[0x00, 0x40, 0x80, 0xc0].flatMap((block) =>
    [block, block | 1].flatMap((mode): Scenario[] => [
      (host) => {
        const end = (block >> 2) + 16;
        const slot = host.slotWhere(
          ({ keyConfig }, index) => !keyConfig.private && keyConfig.keyType === 6 && slotSize(index) >= end,
        );
        host.ready(slot);
        host.last(OPCODE.AES, mode, slot, host.rng.bytes(16));
      },
      (host) => {
        host.input(64);
        host.last(OPCODE.AES, mode, TEMP_KEY, host.rng.bytes(16));
      },
    ]),
  ),
  (host) => host.last(OPCODE.AES, 0x03, 0, host.rng.bytes(32)),
  ...[PRF, AES, HKDF].flatMap((algorithm) =>
    [0, 1, 2, 3, 4, 5].flatMap((target) =>
      [0, 1, 2, 3].map(
        (source): Scenario =>
          (host) =>
            derive(host, algorithm, source, target),
      ),
    ),
  ),
];

function update(host: Insider, mode: number): void {
  const data = host.rng.bytes(whole(host.rng, 64));
  host.last(OPCODE.SHA, mode, data.length, data);
}

function derive(host: Insider, algorithm: number, source: number, target: number): void {
  const from = host.slotWhere(makesMacs);
  const to = host.slotWhere(({ slotConfig, keyConfig, locked }) => {
    const { writeConfig } = slotConfig;
    return !keyConfig.private && !locked && (writeConfig < 2 || (writeConfig & 4) !== 0);
  });
  host.ready(from);
  host.input(64);
  if (source === FROM_BUFFER) host.send(OPCODE.Nonce, 0x83, 0, host.rng.bytes(32));
  const short = target === TO_UPPER || target === TO_BUFFER;
  const data = { [PRF]: prf, [AES]: aes, [HKDF]: hkdf }[algorithm]?.(host, source, target, short) ?? zeros(4);
  host.last(OPCODE.KDF, (algorithm << 5) | (target << 2) | source, (to << 8) | from, data);
}

function withDetails(details: number, message: Uint8Array, length = message.length): Uint8Array {
  return joined(le16(details), Uint8Array.of(0, length), message);
}

/** A key of 16 or 32 bytes, which every source has; 64 bytes of result, split or not, where the target takes them. */
function prf(host: Insider, _source: number, target: number, short: boolean): Uint8Array {
  const size = whole(host.rng, 2);
  const output = target < TO_OUTPUT ? [0x000, 0x300] : [0x000, 0x100];
  return withDetails(
    size | (short ? pick(host.rng, [0x000, 0x300]) : pick(host.rng, output)),
    host.rng.bytes(1 + whole(host.rng, 40)),
  );
}

function aes(host: Insider): Uint8Array {
  return withDetails(whole(host.rng, 2), host.rng.bytes(16));
}

function hkdf(host: Insider): Uint8Array {
  const from = whole(host.rng, 4);
  const zeroKey = withProbability(host.rng, 0.2) ? 4 : 0;
  if (from < 2) return withDetails(from | zeroKey, zeros(0), 32);
  const message = host.rng.bytes(32);
  if (from === 3) message.set(host.config.kdfIvStr, Math.min(host.config.kdfIvLoc, 30));
  return withDetails(from | zeroKey, message);
}
