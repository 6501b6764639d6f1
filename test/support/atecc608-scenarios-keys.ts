import { OPCODE, type SlotPolicy } from '../../emulator/atecc608/index.ts';
import { pick, withProbability } from './atecc608-draws.ts';
import type { Insider, Scenario } from './atecc608-insider.ts';
import { MAKER, signedByMaker } from './atecc608-maker.ts';
import { encryptedKey, joined, SERIAL, sha256, zeros } from './atecc608-messages.ts';

const TEMP_KEY = 0xffff;
const P256 = 0x0004;
const INVALIDATE = 0x07;

const isPrivate = ({ keyConfig }: SlotPolicy) => keyConfig.private && keyConfig.keyType === 4;
const isPublic = ({ keyConfig }: SlotPolicy, slot: number) => !keyConfig.private && keyConfig.keyType === 4 && slot > 7;
/** A private key with these uses (SlotConfig bits 3:0) and without those. */
const privateFor = (host: Insider, use: number, not = 0) =>
  host.slotWhere((policy) => isPrivate(policy) && (policy.slotConfig.readKey & (use | not)) === use);

/** Elliptic curves. */
export const keyScenarios: readonly Scenario[] = [
  (host) => host.last(OPCODE.GenKey, 0x04, creatable(host)),
  (host) => host.last(OPCODE.GenKey, 0x04, TEMP_KEY),
  (host) =>
    host.last(
      OPCODE.GenKey,
      0x00,
      host.slotWhere((policy) => isPrivate(policy) && policy.keyConfig.pubInfo),
    ),
  (host) => {
    host.input();
    host.last(
      OPCODE.GenKey,
      0x08,
      host.slotWhere((policy) => isPrivate(policy) && policy.keyConfig.pubInfo),
    );
  },
  (host) => {
    host.input();
    host.last(OPCODE.GenKey, 0x0c, creatable(host));
  },
  (host) => {
    host.input();
    host.last(OPCODE.GenKey, 0x10, host.slotWhere(isPublic), host.rng.bytes(3));
  },
  (host) => host.last(OPCODE.GenKey, 0x20, 0),
  ...[0x80, 0xc0].map(
    (mode): Scenario =>
      (host) => {
        const slot = privateFor(host, 1);
        host.ready(slot);
        host.tempKeyFor(slot);
        host.last(OPCODE.Sign, mode, slot);
      },
  ),
  ...[0xa0, 0xe0].map(
    (mode): Scenario =>
      (host) => {
        const slot = privateFor(host, 1);
        host.ready(slot);
        host.send(OPCODE.Nonce, 0x43, 0, host.rng.bytes(32));
        host.last(OPCODE.Sign, mode, slot);
      },
  ),
  ...[0x00, 0x01, 0x40, 0x41].map(
    (mode): Scenario =>
      (host) => {
        const slot = privateFor(host, 2);
        host.ready(slot);
        host.tempKeyFor(slot);
        host.send(OPCODE.GenKey, 0x10, host.slotWhere(isPublic), zeros(3));
        host.last(OPCODE.Sign, mode, slot);
      },
  ),
  ...[0x00, 0x04, 0x08, 0x0c, 0x0e].map(
    (mode): Scenario =>
      (host) =>
        agree(host, mode, privateFor(host, 4, mode & 4 ? 8 : 0)),
  ),
  (host) => agree(host, 0x00, privateToSlot(host, 4 | 8)),
  (host) => agree(host, 0x04, privateToSlot(host, 4)),
  ...[0x05, 0x09, 0x0d, 0x0f].map(
    (mode): Scenario =>
      (host) => {
        const target = host.slotWhere(takesSecret);
        host.send(OPCODE.GenKey, 0x04, TEMP_KEY);
        host.last(OPCODE.ECDH, mode, target, MAKER);
      },
  ),
  (host) => host.last(OPCODE.PrivWrite, 0x00, importable(host), joined(zeros(4), scalar(host), zeros(32))),
  (host) => {
    const slot = importable(host);
    const { writeKey } = host.policy(slot).slotConfig;
    host.ready(writeKey);
    const sessionKey = host.digestKey(writeKey, host.tempKeyFor(writeKey));
    host.last(OPCODE.PrivWrite, 0x40, slot, encryptedKey(sessionKey, slot, scalar(host)));
  },
  ...[0x00, 0x20, 0x80, 0xa0].map(
    (mode): Scenario =>
      (host) => {
        const slot = host.slotWhere(
          (policy, index) => isPublic(policy, index) && !(mode & 0x20 && policy.keyConfig.reqRandom),
        );
        host.ready(slot);
        host.last(OPCODE.Verify, mode, slot, signedByMaker(digest(host, mode, slot)));
      },
  ),
  ...[0x02, 0x22, 0x82, 0xa2].map(
    (mode): Scenario =>
      (host) => {
        host.last(OPCODE.Verify, mode, P256, joined(signedByMaker(digest(host, mode)), MAKER));
      },
  ),
  validate(0x03),
  validate(INVALIDATE),
  (host) => host.last(OPCODE.Verify, 0x01, 4, host.rng.bytes(64)),
];

function creatable(host: Insider): number {
  return host.slotWhere((policy) => isPrivate(policy) && !policy.locked && (policy.slotConfig.writeConfig & 2) !== 0);
}

function importable(host: Insider): number {
  return host.slotWhere((policy) => isPrivate(policy) && !policy.locked && (policy.slotConfig.writeConfig & 4) !== 0);
}

/** A scalar that nothing else is; the chip is to keep it to itself. */
function scalar(host: Insider): Uint8Array {
  const bytes = joined(Uint8Array.of(0x7f), host.rng.bytes(31));
  host.audit.expect(bytes);
  return bytes;
}

function takesSecret({ slotConfig, keyConfig, locked }: SlotPolicy): boolean {
  return !keyConfig.private && !locked && (slotConfig.writeConfig < 2 || (slotConfig.writeConfig & 4) !== 0);
}

/** A private key whose neighbour takes its secrets. */
function privateToSlot(host: Insider, use: number): number {
  return host.slotWhere(
    (policy, slot) =>
      isPrivate(policy) && (policy.slotConfig.readKey & use) === use && takesSecret(host.policy(slot | 1)),
  );
}

function agree(host: Insider, mode: number, slot: number): void {
  host.ready(slot);
  host.last(OPCODE.ECDH, mode, slot, MAKER);
}

/** Puts a digest where the mode wants it, and for a MAC the nonce of the host's system too. */
function digest(host: Insider, mode: number, slot?: number): Uint8Array {
  if (mode & 0x20) {
    const both = host.rng.bytes(64);
    host.send(OPCODE.Nonce, 0x63, 0, both);
    return both.subarray(0, 32);
  }
  if (mode & 0x80) host.send(OPCODE.Nonce, 0x43, 0, host.rng.bytes(32));
  return slot === undefined ? host.input() : host.tempKeyFor(slot);
}

/** The maker says what becomes of a public key, as Sign's internal message would. */
function validate(mode: number): Scenario {
  return (host) => {
    const slot = host.slotWhere(
      (policy, index) =>
        isPublic(policy, index) &&
        policy.keyConfig.pubInfo &&
        !policy.locked &&
        isPublic(host.policy(policy.slotConfig.readKey), policy.slotConfig.readKey),
    );
    const parent = host.policy(slot).slotConfig.readKey;
    host.ready(parent);
    const before = host.tempKeyFor(parent);
    const three = host.rng.bytes(3);
    host.send(OPCODE.GenKey, 0x10, slot, three);
    const stored = host.key(slot, 72);
    const tempKey = sha256(
      before,
      Uint8Array.of(0x40),
      three,
      SERIAL,
      zeros(25),
      stored.subarray(4, 36),
      stored.subarray(40),
    );
    const other = host.rng.bytes(19);
    other[17] = Number(mode === INVALIDATE) ^ Number(withProbability(host.rng, 0.05));
    const message = sha256(
      joined(tempKey, Uint8Array.of(0x41), other.subarray(0, 10), SERIAL.subarray(0, 1)),
      joined(other.subarray(10, 14), SERIAL.subarray(1), other.subarray(14)),
    );
    host.last(OPCODE.Verify, mode, slot, joined(signedByMaker(message), other));
  };
}

/** SecureBoot in all its modes. */
export const bootScenarios: readonly Scenario[] = [0x05, 0x06, 0x07].flatMap((operation) =>
  [0x00, 0x40, 0x80, 0xc0].map(
    (flags): Scenario =>
      (host) =>
        boot(host, operation, flags),
  ),
);

function boot(host: Insider, operation: number, flags: number): void {
  const { secureBoot, chipOptions } = host.config;
  if (withProbability(host.rng, 0.5)) host.audit.sleep('powerCycle');
  host.ready(secureBoot.publicKeySlot);
  const ioKey = host.key(chipOptions.ioProtectionKey);
  const image = host.rng.bytes(32);
  const session = () => {
    const tempKey = secureBoot.randNonce || withProbability(host.rng, 0.3) ? host.nonce() : host.input();
    return flags & 0x80 ? sha256(ioKey, tempKey) : zeros(32);
  };
  const hidden = (digest: Uint8Array) => {
    const pad = session();
    return digest.map((byte, index) => byte ^ (pad[index] as number));
  };
  if (operation !== 0x06) {
    host.last(OPCODE.SecureBoot, operation | flags, 0, joined(hidden(image), signedByMaker(image)));
    return;
  }
  if (secureBoot.mode !== 3) {
    host.send(OPCODE.SecureBoot, 0x07 | (flags & 0x80), 0, joined(hidden(image), signedByMaker(image)));
    host.ready(secureBoot.publicKeySlot);
  }
  const known = secureBoot.mode === 3 ? host.key(secureBoot.digestSlot) : image;
  host.last(OPCODE.SecureBoot, 0x06 | flags, 0, hidden(pick(host.rng, [known, known, known, image])));
}
