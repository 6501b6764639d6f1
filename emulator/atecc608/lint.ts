import type { ConfigZone } from './config.ts';
import { KEY_TYPE_P256, UNLOCKED } from './config-layout.ts';
import { privateKeyRights, type SlotView, slotViews, takesGenKey } from './slot-view.ts';

/** `danger`: a secret or an identity can be lost. `warning`: it takes more than the bus. `note`: worth knowing. */
export type Severity = 'danger' | 'warning' | 'note';

export interface Finding {
  /** Stable, for lists of what is known and accepted. */
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Where it is about one slot. */
  readonly slot?: number;
  readonly message: string;
}

export type FindingCode = keyof typeof FINDINGS;

/** Every code: how bad it is, and why. "The bus" is anyone who can send commands to the chip. */
export const FINDINGS = {
  'config-unlocked': [
    'danger',
    'Until the configuration is locked, the bus can change every rule, and the chip generates no random numbers.',
  ],
  'data-unlocked': [
    'danger',
    'Until data and OTP are locked, the bus can overwrite every slot that is not locked by itself.',
  ],
  'private-not-secret': [
    'danger',
    'A private key needs IsSecret; without it the part does not promise to refuse reads.',
  ],
  'private-key-type': ['warning', 'A private key of another type than P-256 cannot be used by any command.'],
  'reserved-key-type': ['warning', 'Key types 0 to 3 and 5 are reserved.'],
  'key-readable': ['danger', 'The key protects another slot or a transfer, and the bus can read it in clear.'],
  'key-writable': [
    'danger',
    'The key protects another slot or a transfer, and the bus can replace it by one that it knows.',
  ],
  'key-is-private': [
    'danger',
    'A slot of a private key cannot serve as a symmetric key, so the transfer that names it never works.',
  ],
  'aes-key-readable': ['danger', 'An AES key without IsSecret is read in clear.'],
  'encrypt-read-in-vain': ['warning', 'EncryptRead has no effect without IsSecret: the slot is read in clear.'],
  'private-key-replaceable': [
    'warning',
    'GenKey generates a new private key: the bus can destroy the identity of the device, but not read its secret. Lock the slot when its key is final.',
  ],
  'private-key-importable': [
    'warning',
    'PrivWrite stores a key that its writer knows: the holder of the write key can take over the identity.',
  ],
  'io-key-readable': ['danger', 'With the IO protection key, all encrypted output can be read on the bus.'],
  'io-key-writable': [
    'warning',
    'The IO protection key is written in clear: an attacker who replaces it, or listens when it is written, can read all encrypted output.',
  ],
  'ecdh-in-clear': [
    'note',
    'The shared secret crosses the bus in clear unless the host asks for encryption. ECDH protection 1 in ChipOptions forces it.',
  ],
  'ecdh-secret-readable': ['danger', 'ECDH stores the shared secret in a slot that the bus reads in clear.'],
  'secure-boot-key-writable': ['danger', 'A writer who replaces the public key of secure boot chooses what boots.'],
  'secure-boot-digest-writable': [
    'danger',
    'A writer of the stored digest or signature chooses what boots by FullStore.',
  ],
  'count-limit-writable': [
    'danger',
    'CountMatch takes its limit from a slot that the bus can write, so it does not limit anything.',
  ],
  'address-changeable': ['note', 'UpdateExtra can still give the chip another I2C address, once.'],
  'check-mac-copies': ['note', 'ReadKey 0: a CheckMac with the slot beside it copies this secret into TempKey.'],
} as const satisfies Record<string, readonly [Severity, string]>;

/** What is dangerous in a configuration, worst first. Rules about slots speak of the time after both locks. */
export function lintConfig(config: ConfigZone): Finding[] {
  const slots = slotViews(config);
  const findings = [...zoneFindings(config)];
  for (const view of slots) findings.push(...slotFindings(config, view));
  for (const [slot, purposes] of purposesOfKeys(config, slots)) findings.push(...keyFindings(slots, slot, purposes));
  findings.push(...ioProtection(config, slots), ...secureBoot(config, slots));
  const order: Severity[] = ['danger', 'warning', 'note'];
  return findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function finding(code: FindingCode, message: string, slot?: number): Finding {
  return { code, severity: FINDINGS[code][0], ...(slot !== undefined && { slot }), message };
}

function* zoneFindings({ lockConfig, lockValue, chipMode, userExtraAdd }: ConfigZone): Iterable<Finding> {
  if (lockConfig === UNLOCKED) yield finding('config-unlocked', 'the configuration is not locked');
  if (lockValue === UNLOCKED) yield finding('data-unlocked', 'data and OTP are not locked');
  if (chipMode.useUserExtraAdd && userExtraAdd === 0) yield finding('address-changeable', 'UserExtraAdd is still 00');
}

function* slotFindings(config: ConfigZone, view: SlotView): Iterable<Finding> {
  const { slot, holds, read } = view;
  const policy = config.slots[slot];
  if (policy === undefined) return;
  const { slotConfig, keyConfig } = policy;
  const { keyType } = keyConfig;
  if (keyType < KEY_TYPE_P256 || keyType === 5) yield finding('reserved-key-type', `key type ${keyType}`, slot);
  if (slotConfig.encryptRead && !slotConfig.isSecret && holds !== 'private key') {
    yield finding('encrypt-read-in-vain', 'EncryptRead without IsSecret', slot);
  }
  if (holds === 'AES key' && read === 'clear')
    yield finding('aes-key-readable', 'an AES key that is read in clear', slot);
  const copied = holds === 'secret' && slotConfig.readKey === 0;
  if (copied) yield finding('check-mac-copies', 'a secret with ReadKey 0', slot);
  if (holds !== 'private key') return;

  if (!slotConfig.isSecret) yield finding('private-not-secret', 'a private key without IsSecret', slot);
  if (keyType !== KEY_TYPE_P256) yield finding('private-key-type', `a private key of type ${keyType}`, slot);
  if (takesGenKey(policy)) yield finding('private-key-replaceable', 'GenKey can replace the private key', slot);
  if (typeof view.write === 'number') {
    yield finding('private-key-importable', `PrivWrite can replace the private key under slot ${view.write}`, slot);
  }
  yield* ecdhFindings(config, slot);
}

function* ecdhFindings(config: ConfigZone, slot: number): Iterable<Finding> {
  const policy = config.slots[slot];
  if (policy === undefined) return;
  const { ecdh, ecdhToSlot } = privateKeyRights(policy.slotConfig);
  if (!ecdh) return;
  const target = slotViews(config)[slot | 1];
  if (ecdhToSlot && target?.read === 'clear') {
    yield finding(
      'ecdh-secret-readable',
      `ECDH of slot ${slot} stores its secret here, readable in clear`,
      target.slot,
    );
  }
  if (!ecdhToSlot && config.chipOptions.ecdhProtection === 0) {
    yield finding('ecdh-in-clear', 'ECDH may answer in clear', slot);
  }
}

/** Which slots are keys of encrypted transfers, derivation or authorisation, and of what. */
function purposesOfKeys(config: ConfigZone, slots: readonly SlotView[]): Map<number, string[]> {
  const purposes = new Map<number, string[]>();
  const add = (key: number, purpose: string) => purposes.set(key, [...(purposes.get(key) ?? []), purpose]);
  for (const { slot, holds, read, write } of slots) {
    if (typeof read === 'number') add(read, `reads of slot ${slot}`);
    if (typeof write === 'number') add(write, `writes of slot ${slot}`);
    const { slotConfig, keyConfig } = config.slots[slot] ?? {};
    const derives = holds !== 'private key' && ((slotConfig?.writeConfig ?? 0) & 0x3) === 0x3;
    if (derives && slotConfig !== undefined) add(slotConfig.writeKey, `derivation of slot ${slot}`);
    if (keyConfig?.reqAuth) add(keyConfig.authKey, `use of slot ${slot}`);
  }
  return purposes;
}

function* keyFindings(slots: readonly SlotView[], slot: number, purposes: readonly string[]): Iterable<Finding> {
  const view = slots[slot];
  if (view === undefined) return;
  const what = `the key of ${purposes.join(', ')}`;
  if (view.holds === 'private key') yield finding('key-is-private', `${what} is a private key`, slot);
  // A public key authorises by Verify, and may be known.
  if (view.read === 'clear' && view.holds !== 'public key')
    yield finding('key-readable', `${what} is read in clear`, slot);
  if (view.write === 'clear') yield finding('key-writable', `${what} is written in clear`, slot);
}

function* ioProtection({ chipOptions }: ConfigZone, slots: readonly SlotView[]): Iterable<Finding> {
  if (!chipOptions.ioProtectionKeyEnable) return;
  const view = slots[chipOptions.ioProtectionKey];
  if (view?.read === 'clear') yield finding('io-key-readable', 'the IO protection key is read in clear', view.slot);
  if (view?.write === 'clear') yield finding('io-key-writable', 'the IO protection key is written in clear', view.slot);
}

function* secureBoot({ secureBoot, countMatch }: ConfigZone, slots: readonly SlotView[]): Iterable<Finding> {
  const writable = (slot: number) => slots[slot]?.write === 'clear';
  if (secureBoot.mode !== 0 && writable(secureBoot.publicKeySlot)) {
    yield finding(
      'secure-boot-key-writable',
      'the public key of secure boot is written in clear',
      secureBoot.publicKeySlot,
    );
  }
  // FullBoth stores nothing.
  if (secureBoot.mode > 1 && writable(secureBoot.digestSlot)) {
    yield finding(
      'secure-boot-digest-writable',
      'the reference of secure boot is written in clear',
      secureBoot.digestSlot,
    );
  }
  if (countMatch.enable && writable(countMatch.slot)) {
    yield finding('count-limit-writable', 'the limit of CountMatch is written in clear', countMatch.slot);
  }
}
