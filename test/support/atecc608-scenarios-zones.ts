import assert from 'node:assert/strict';
import { OPCODE, slotSize } from '../../emulator/atecc608/index.ts';
import { packetCrc, toHex } from './atecc608.ts';
import { pick, whole, withProbability } from './atecc608-draws.ts';
import type { Insider, Scenario } from './atecc608-insider.ts';
import { dataAndOtp, encryptedWrite, joined, mixed } from './atecc608-messages.ts';

const isOpen = (rule: number) => rule < 2;

/** Zones, locks, counters, and what needs no key. */
export const zoneScenarios: readonly Scenario[] = [
  (host) => host.last(OPCODE.Read, 0x00, whole(host.rng, 34)),
  (host) => host.last(OPCODE.Read, 0x80, whole(host.rng, 5) << 3),
  (host) => host.last(OPCODE.Read, 0x01, whole(host.rng, 18)),
  (host) => host.last(OPCODE.Read, 0x81, whole(host.rng, 3) << 3),
  ...[0x02, 0x82].map(
    (mode): Scenario =>
      (host) => {
        const slot = host.slotWhere(({ slotConfig, keyConfig }) => !slotConfig.isSecret && !keyConfig.private);
        host.last(OPCODE.Read, mode, host.blockOf(slot) | (mode & 0x80 ? 0 : whole(host.rng, 2)));
      },
  ),
  readEncrypted,
  readEncrypted,
  (host) => writeConfig(host, 0x00),
  (host) => writeConfig(host, 0x80),
  (host) => host.last(OPCODE.Write, 0x81, whole(host.rng, 2) << 3, host.rng.bytes(32)),
  (host) => host.last(OPCODE.Write, 0x01, whole(host.rng, 16), host.rng.bytes(4)),
  (host) => {
    const slot = host.slotWhere(
      ({ slotConfig, keyConfig, locked }) =>
        isOpen(slotConfig.writeConfig) && !slotConfig.isSecret && !keyConfig.private && !locked,
    );
    host.last(OPCODE.Write, 0x02, host.blockOf(slot) | whole(host.rng, 2), host.fresh(slot).subarray(0, 4));
  },
  (host) => {
    const { lockValue } = host.config;
    const slot = host.slotWhere(
      ({ slotConfig, keyConfig, locked }) =>
        (lockValue !== 0 || isOpen(slotConfig.writeConfig)) && !keyConfig.private && !locked,
    );
    host.last(OPCODE.Write, 0x82, host.blockOf(slot), host.fresh(slot));
  },
  (host) => writeEncrypted(host, 0x82),
  (host) => writeEncrypted(host, 0xc2),
  ...[0x03, 0x23, 0x43, 0x63, 0x83].map(
    (mode): Scenario =>
      (host) =>
        host.last(OPCODE.Nonce, mode, 0, host.rng.bytes(mode & 0x20 ? 64 : 32)),
  ),
  ...[0x00, 0x01].flatMap((mode): Scenario[] => [
    (host) => host.last(OPCODE.Nonce, mode, 0, host.rng.bytes(20)),
    (host) => {
      host.input();
      host.last(OPCODE.Nonce, mode, 0x8000, host.rng.bytes(20));
    },
    (host) => host.last(OPCODE.Random, mode),
    (host) => host.last(OPCODE.UpdateExtra, mode, whole(host.rng, 256)),
    (host) => host.last(OPCODE.Counter, mode, whole(host.rng, 2)),
  ]),
  ...[0x00, 0x80, 0x01, 0x81].map(
    (mode): Scenario =>
      (host) =>
        lockZone(host, mode),
  ),
  (host) => {
    const slot = host.slotWhere(({ keyConfig, locked }) => keyConfig.lockable && !locked);
    if (withProbability(host.rng, 0.5)) host.last(OPCODE.Lock, 0x02 | (slot << 2));
    else host.send(OPCODE.Lock, 0x02 | (slot << 2), 0, Uint8Array.of(0));
  },
  (host) => host.last(OPCODE.Info, 0x00),
  (host) => host.last(OPCODE.Info, 0x01, whole(host.rng, 17)),
  (host) => host.last(OPCODE.Info, 0x02),
  (host) => host.last(OPCODE.Info, 0x03),
  (host) => host.last(OPCODE.Info, 0x04),
  (host) => {
    const { volatileKeyPermission } = host.config;
    if (volatileKeyPermission.enable && withProbability(host.rng, 0.7)) host.authorise(volatileKeyPermission.slot);
    host.last(OPCODE.Info, 0x04, pick(host.rng, [0x02, 0x03, 0x03]));
  },
  ...[0x00, 0x01, 0x04, 0x08, 0x10, 0x20, 0x3b, 0x3d].map(
    (mode): Scenario =>
      (host) =>
        host.last(OPCODE.SelfTest, mode),
  ),
  // What other parts do.
  (host) => host.last(OPCODE.Nonce, 0x02, 0, host.rng.bytes(20)),
  (host) => host.last(OPCODE.UpdateExtra, 0x02),
];

function readEncrypted(host: Insider): void {
  const slot = host.slotWhere(
    ({ slotConfig, keyConfig }) =>
      slotConfig.isSecret &&
      slotConfig.encryptRead &&
      !keyConfig.private &&
      !host.policy(slotConfig.readKey).keyConfig.private,
  );
  const { readKey, isSecret } = host.policy(slot).slotConfig;
  host.ready(readKey);
  const sessionKey = host.digestKey(readKey, host.nonce());
  const address = host.blockOf(slot);
  const reply = host.last(OPCODE.Read, 0x82, address);
  if (reply.length !== 32 || !isSecret || host.refused > 0) return;
  // What goes out is the slot that SlotConfig says, encrypted.
  const from = 32 * (address >> 8);
  const stored = host.key(slot, slotSize(slot)).subarray(from, from + 32);
  assert.equal(toHex(mixed(reply.subarray(0, stored.length), sessionKey)), toHex(stored), 'an encrypted read');
}

/** What is there already, or another IV: nothing that changes the rules. */
function writeConfig(host: Insider, mode: number): void {
  if (mode === 0x80) {
    const block = pick(host.rng, [1, 1, 1, 3, 3, 3, 0, 2]);
    host.last(OPCODE.Write, mode, block << 3, host.memory.slice(32 * block, 32 * block + 32));
    return;
  }
  const word = whole(host.rng, 32);
  const present = host.memory.slice(4 * word, 4 * word + 4);
  host.send(
    OPCODE.Write,
    mode,
    word,
    word === 18 ? joined(present.subarray(0, 1), host.rng.bytes(2), present.subarray(3)) : present,
  );
  host.last(OPCODE.Write, mode, 18, host.memory.slice(72, 76));
}

function writeEncrypted(host: Insider, mode: number): void {
  const slot = host.slotWhere(
    ({ slotConfig, keyConfig, locked }) => (slotConfig.writeConfig & 4) !== 0 && !keyConfig.private && !locked,
  );
  const { writeKey } = host.policy(slot).slotConfig;
  host.ready(writeKey);
  const sessionKey = host.digestKey(writeKey, host.tempKeyFor(writeKey));
  const address = host.blockOf(slot);
  host.last(OPCODE.Write, mode, address, encryptedWrite(sessionKey, mode, address, host.fresh(slot)));
}

function lockZone(host: Insider, mode: number): void {
  const { memory } = host;
  const zone = mode & 1 ? dataAndOtp(memory) : memory.subarray(0, 128);
  const isReady = (host.config.lockConfig === 0) === ((mode & 1) !== 0);
  // A lock is for good: to be locked, a session waits for its time, or tries in vain.
  if (isReady && withProbability(host.rng, 0.7)) return;
  host.last(OPCODE.Lock, mode, mode & 0x80 ? 0 : packetCrc(zone) ^ Number(withProbability(host.rng, 0.1)));
}
