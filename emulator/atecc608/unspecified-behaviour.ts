import { STATUS } from './status.ts';

/**
 * Behaviour that the sources do not specify, or contradict each other about, where a host could have been written for either
 * choice. docs/atecc608a.md has the reasons, under Options.
 */
export interface UnspecifiedBehaviour {
  /** How long the long watchdog (ChipMode bit 2) lets the chip be awake, in ms. */
  readonly watchdogLongMs: 13_000 | 10_000;
  /** When a new I2C_Address or UserExtraAdd counts: from the next sleep, or only once the power has been away. */
  readonly addressChange: 'sleep' | 'powerCycle';
  /** The status of an encrypted Write, a PrivWrite or a DeriveKey whose MAC is wrong: 01 or 0F. */
  readonly wrongMac: typeof STATUS.Miscompare | typeof STATUS.ExecutionError;
  /** The status of a Write to bytes of the unlocked configuration that no Write reaches: 0F or 03. */
  readonly refusedConfigWrite: typeof STATUS.ExecutionError | typeof STATUS.ParseError;
  /** The status of a Read or Write at an address that no byte of the zone has: 03 or 0F. */
  readonly badAddress: typeof STATUS.ParseError | typeof STATUS.ExecutionError;
  /** What bytes past the end of a slot read as. */
  readonly readPad: 0x00 | 0xff;
  /** OTP between the two locks. */
  readonly otpBetweenLocks: 'writable' | 'refused';
  /** Sign and ECDH between the two locks. */
  readonly privateKeysBetweenLocks: 'allowed' | 'refused';
  /** Counter's increment before the configuration lock. */
  readonly counterBeforeConfigLock: 'allowed' | 'refused';
  /** How long an authorisation lasts. */
  readonly authorisation: 'oneUse' | 'untilSleep';
  /** UseLock with the value A. */
  readonly useLock: 'honoured' | 'ignored';
  /** The value 2 of ECDH's and KDF's protection in ChipOptions: results stay inside, or there are none. */
  readonly protection2: 'noOutput' | 'prohibited';
  /** The value 3, likewise. */
  readonly protection3: 'prohibited' | 'noOutput';
  /** TempKey.SourceFlag where SHA, ECDH or KDF left its result there: 1 is fixed input, 0 random. */
  readonly resultSourceFlag: 1 | 0;
  /** How many bytes of SHA's context stand before those that wait: a length of 4 bytes or of 8, and the eight words. */
  readonly shaContextHead: 36 | 40;
  /** A public key whose X509format is not 00. */
  readonly x509Format: 'refused' | 'ignored';
}

/** The safe choice of each. */
export const SAFE: UnspecifiedBehaviour = {
  watchdogLongMs: 13_000,
  addressChange: 'sleep',
  wrongMac: STATUS.Miscompare,
  refusedConfigWrite: STATUS.ExecutionError,
  badAddress: STATUS.ParseError,
  readPad: 0x00,
  otpBetweenLocks: 'writable',
  privateKeysBetweenLocks: 'allowed',
  counterBeforeConfigLock: 'allowed',
  authorisation: 'oneUse',
  useLock: 'honoured',
  protection2: 'noOutput',
  protection3: 'prohibited',
  resultSourceFlag: 1,
  shaContextHead: 36,
  x509Format: 'refused',
};
