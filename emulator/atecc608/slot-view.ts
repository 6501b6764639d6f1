import { bits, type Fields, has } from './bit-fields.ts';
import type { ConfigZone, SlotPolicy } from './config.ts';
import { AES_ENABLE, KEY_TYPE_AES, KEY_TYPE_P256, PRIVATE_KEY_USE, type SLOT_CONFIG } from './config-layout.ts';

/** What the configuration makes of a slot once both zones are locked (data sheet, sections 2.3 and 2.4). */
export interface SlotView {
  readonly slot: number;
  readonly holds: 'private key' | 'public key' | 'AES key' | 'secret' | 'data';
  /** How a host reads it. */
  readonly read: Access;
  /** How a host writes it, or for a private key imports one. */
  readonly write: Access;
  /** What it is there for and who may use it, in a few words each. */
  readonly abilities: readonly string[];
}

/** `whileInvalid`: in clear until the public key is validated. A number is the slot of the key that encrypts. */
export type Access = 'clear' | 'whileInvalid' | 'never' | number;

export function slotViews(config: ConfigZone): SlotView[] {
  return config.slots.map((policy, slot) => {
    const holds = contentsOf(policy);
    return {
      slot,
      holds,
      read: readAccess(policy),
      write: writeAccess(policy),
      abilities: [
        ...(holds === 'private key'
          ? privateKeyUses(policy, slot)
          : otherUses(policy, has(config.aesEnable, AES_ENABLE))),
        ...conditions(policy),
      ],
    };
  });
}

function contentsOf({ slotConfig, keyConfig }: SlotPolicy): SlotView['holds'] {
  if (keyConfig.private) return 'private key';
  if (keyConfig.keyType === KEY_TYPE_P256) return 'public key';
  if (keyConfig.keyType === KEY_TYPE_AES) return 'AES key';
  return slotConfig.isSecret ? 'secret' : 'data';
}

function readAccess({ slotConfig: { isSecret, encryptRead, readKey }, keyConfig }: SlotPolicy): Access {
  if (keyConfig.private) return 'never';
  if (!isSecret) return 'clear';
  return encryptRead ? readKey : 'never';
}

function writeAccess({ slotConfig: { writeConfig, writeKey }, keyConfig, locked }: SlotPolicy): Access {
  if (locked) return 'never';
  if ((writeConfig & 0x4) !== 0) return writeKey;
  if (keyConfig.private || writeConfig > 1) return 'never';
  return writeConfig === 1 ? 'whileInvalid' : 'clear';
}

/** The rights of a private key, which stand where other slots have ReadKey. */
export function privateKeyRights({ readKey }: Fields<typeof SLOT_CONFIG>) {
  return {
    externalSign: bits(readKey, PRIVATE_KEY_USE.externalSign) === 1,
    internalSign: bits(readKey, PRIVATE_KEY_USE.internalSign) === 1,
    ecdh: bits(readKey, PRIVATE_KEY_USE.ecdh) === 1,
    ecdhToSlot: bits(readKey, PRIVATE_KEY_USE.ecdhToSlot) === 1,
  };
}

/** Whether GenKey makes a new key in a slot of a private key whose data zone is locked. */
export function takesGenKey({ slotConfig, keyConfig, locked }: SlotPolicy): boolean {
  return keyConfig.private && !locked && (slotConfig.writeConfig & 0x2) !== 0;
}

function privateKeyUses(policy: SlotPolicy, slot: number): string[] {
  const { externalSign, internalSign, ecdh, ecdhToSlot } = privateKeyRights(policy.slotConfig);
  const uses = [];
  if (externalSign) uses.push('signs digests of the host');
  if (internalSign) uses.push('signs the state of the chip');
  if (ecdh) uses.push(ecdhToSlot ? `ECDH into slot ${slot | 1}` : 'ECDH');
  if (policy.keyConfig.pubInfo) uses.push('gives its public key');
  if (takesGenKey(policy)) uses.push('GenKey replaces it');
  return uses;
}

function otherUses({ slotConfig, keyConfig, locked }: SlotPolicy, aesEnabled: boolean): string[] {
  const { writeConfig, writeKey, noMac, isSecret, readKey } = slotConfig;
  const uses = [];
  if ((writeConfig & 0x2) !== 0 && !locked) {
    const how = (writeConfig & 0x1) === 0 ? 'rolls it' : `derives it from slot ${writeKey}`;
    uses.push(`DeriveKey ${how}${(writeConfig & 0x8) !== 0 ? ', with a MAC' : ''}`);
  }
  if (keyConfig.keyType === KEY_TYPE_P256) {
    uses.push(keyConfig.pubInfo ? `verifies once validated by slot ${readKey}` : 'verifies');
  } else {
    if (aesEnabled && keyConfig.keyType === KEY_TYPE_AES) uses.push('AES');
    if (noMac) uses.push('not for MAC');
    else if (isSecret) uses.push('MAC, GenDig, CheckMac, HMAC, KDF');
  }
  return uses;
}

function conditions({ slotConfig, keyConfig, locked }: SlotPolicy): string[] {
  const list = [];
  if (slotConfig.limitedUse) list.push('uses limited by counter 0');
  if (keyConfig.reqRandom) list.push('asks for a random nonce');
  if (keyConfig.reqAuth) list.push(`asks for authorisation by slot ${keyConfig.authKey}`);
  if (keyConfig.persistentDisable) list.push('asks for the persistent latch');
  if (locked) list.push('locked');
  else if (keyConfig.lockable) list.push('lockable');
  return list;
}
