import {
  type ConfigZone,
  counterFields,
  decodeConfig,
  encodeConfig,
  type SlotPolicy,
} from '../../emulator/atecc608/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { pick, whole, withProbability } from './atecc608-draws.ts';

type SlotConfig = SlotPolicy['slotConfig'];
type KeyConfig = SlotPolicy['keyConfig'];

const [P256, AES, OTHER] = [4, 6, 7];
const COUNTER_END = 2_097_151;

/** Slots of one kind, to which others refer. */
interface Roles {
  readonly keys: readonly number[];
  readonly open: readonly number[];
  readonly publics: readonly number[];
}

/**
 * The 128 bytes of a configuration as a maker could want it: slots of all kinds in any order, which refer to each other;
 * now and then slots of which every bit is random. `factory` is the zone as it comes.
 */
export function randomConfiguration(rng: Rng, factory: Uint8Array): Uint8Array {
  const base = decodeConfig(factory);
  const [short, long] = [shuffled(rng, range(0, 8)), shuffled(rng, range(8, 16))];
  const roles: Roles = {
    keys: [...short.slice(0, 2), ...long.slice(0, 2)],
    open: [...short.slice(2, 3), ...long.slice(2, 4)],
    publics: long.slice(4, 6),
  };
  const wild = withProbability(rng, 0.2);
  const slots = base.slots.map((_, slot): SlotPolicy => {
    const policy = wild || withProbability(rng, 0.03) ? anyPolicy(rng) : policyOf(rng, roles, slot, short, long);
    return { ...policy, locked: false };
  });
  return encodeConfig({ ...base, ...globals(rng, roles), slots });
}

function policyOf(rng: Rng, roles: Roles, slot: number, short: readonly number[], long: readonly number[]) {
  const keyConfig = { ...guards(rng, roles), private: false, pubInfo: false, keyType: OTHER };
  if (roles.keys.includes(slot)) {
    return { slotConfig: secret(rng, roles), keyConfig: { ...keyConfig, keyType: pick(rng, [OTHER, OTHER, AES]) } };
  }
  if (roles.open.includes(slot)) return { slotConfig: { ...secret(rng, roles), ...OPEN }, keyConfig };
  if (roles.publics.includes(slot)) {
    const rule = pick(rng, [0, 0, 1, 4]);
    return {
      slotConfig: { ...secret(rng, roles), ...OPEN, writeConfig: rule },
      keyConfig: { ...keyConfig, keyType: P256 },
    };
  }
  if (slot === long[6]) {
    const slotConfig = {
      ...secret(rng, roles),
      ...OPEN,
      readKey: pick(rng, roles.publics),
      writeConfig: pick(rng, [0, 1, 1]),
    };
    return { slotConfig, keyConfig: { ...keyConfig, keyType: P256, pubInfo: true } };
  }
  if (slot === long[7] || slot === short[7]) {
    return { slotConfig: secret(rng, roles), keyConfig: { ...keyConfig, keyType: AES } };
  }
  const slotConfig = {
    ...secret(rng, roles),
    isSecret: true,
    noMac: false,
    encryptRead: false,
    readKey: whole(rng, 16),
  };
  const writeConfig = pick(rng, [0x2, 0x2, 0x4, 0x6, 0x6, 0x0]);
  return {
    slotConfig: { ...slotConfig, writeConfig },
    keyConfig: { ...keyConfig, private: true, keyType: P256, pubInfo: withProbability(rng, 0.85) },
  };
}

/** What anyone may read and write. */
const OPEN = { isSecret: false, encryptRead: false, noMac: false, writeConfig: 0 };

function secret(rng: Rng, { keys }: Roles): SlotConfig {
  return {
    readKey: withProbability(rng, 0.25) ? 0 : pick(rng, keys),
    noMac: withProbability(rng, 0.1),
    limitedUse: withProbability(rng, 0.1),
    encryptRead: withProbability(rng, 0.6),
    isSecret: withProbability(rng, 0.85),
    writeKey: pick(rng, keys),
    // Always, roll, create, each with a MAC too, encrypted, both, never.
    writeConfig: pick(rng, [0x0, 0x2, 0x3, 0xa, 0xb, 0x4, 0x4, 0x6, 0x7, 0x8]),
  };
}

function guards(rng: Rng, { keys }: Roles): KeyConfig {
  return {
    private: false,
    pubInfo: false,
    keyType: OTHER,
    lockable: withProbability(rng, 0.5),
    reqRandom: withProbability(rng, 0.15),
    reqAuth: withProbability(rng, 0.08),
    authKey: pick(rng, keys),
    persistentDisable: withProbability(rng, 0.08),
    reserved: false,
    x509Id: whole(rng, 4),
  };
}

function anyPolicy(rng: Rng): Omit<SlotPolicy, 'locked'> {
  const bit = () => withProbability(rng, 0.5);
  const keyType = pick(rng, [P256, P256, AES, OTHER]);
  return {
    slotConfig: {
      readKey: whole(rng, 16),
      noMac: bit(),
      limitedUse: bit(),
      encryptRead: bit(),
      isSecret: bit(),
      writeKey: whole(rng, 16),
      writeConfig: whole(rng, 16),
    },
    keyConfig: {
      private: keyType === P256 && bit(),
      pubInfo: bit(),
      keyType,
      lockable: bit(),
      reqRandom: bit(),
      reqAuth: bit(),
      authKey: whole(rng, 16),
      persistentDisable: bit(),
      reserved: false,
      x509Id: whole(rng, 4),
    },
  };
}

function globals(rng: Rng, { keys, open, publics }: Roles): Partial<ConfigZone> {
  const seldom = (probability: number) => withProbability(rng, probability);
  const count = () => counterFields(withProbability(rng, 0.85) ? whole(rng, 100) : COUNTER_END - whole(rng, 3));
  const longOpen = open.filter((slot) => slot >= 8);
  return {
    aesEnable: Number(!withProbability(rng, 0.03)),
    countMatch: { enable: seldom(0.05), reserved: 0, slot: pick(rng, open) },
    chipMode: {
      useUserExtraAdd: seldom(0.2),
      ttlEnable: false,
      watchdogLong: seldom(0.3),
      clockDivider: pick(rng, [0, 0, 5, 13]),
    },
    counters: [count(), count()],
    useLock: { enable: withProbability(rng, 0.03) ? 0xa : 0, key: pick(rng, keys) },
    volatileKeyPermission: { slot: pick(rng, keys), reserved: 0, enable: seldom(0.1) },
    secureBoot: {
      mode: pick(rng, [0, 1, 2, 2, 3, 3, 3]),
      reserved2: false,
      persistEnable: seldom(0.15),
      randNonce: seldom(0.2),
      reserved5: 0,
      digestSlot: pick(rng, longOpen),
      publicKeySlot: pick(rng, publics),
    },
    kdfIvLoc: whole(rng, 12),
    kdfIvStr: rng.bytes(2),
    userExtra: pick(rng, [0, 0, 1]),
    userExtraAdd: pick(rng, [0, 0, 0xc2]),
    chipOptions: {
      powerOnSelfTest: seldom(0.02),
      ioProtectionKeyEnable: !seldom(0.1),
      kdfAesEnable: !seldom(0.1),
      autoClearFirstFail: seldom(0.5),
      reserved: 0,
      ecdhProtection: pick(rng, [0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
      kdfProtection: pick(rng, [0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
      ioProtectionKey: pick(rng, open),
    },
    x509Format: range(0, 4).map(() => ({ publicKeyPosition: Number(seldom(0.04)), templateLength: 0 })),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function shuffled(rng: Rng, slots: number[]): number[] {
  return slots
    .map((slot) => ({ slot, at: rng.fraction() }))
    .sort((a, b) => a.at - b.at)
    .map(({ slot }) => slot);
}
