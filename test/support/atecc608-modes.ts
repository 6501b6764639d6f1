import { STATUS } from '../../emulator/atecc608/index.ts';

/** Why a mode gives a status, in a word or two. */
export type Refusals = Readonly<Partial<Record<'parse' | 'execution' | 'miscompare' | 'ecc', string>>>;

/** A command with one of its modes, and a parameter where that makes another mode of it. */
export interface Mode {
  readonly label: string;
  /** By status, with the reason; `ANYWHERE` comes on top. */
  readonly refusals: ReadonlyMap<number, string>;
}

const STATUS_OF = {
  parse: STATUS.ParseError,
  execution: STATUS.ExecutionError,
  miscompare: STATUS.Miscompare,
  ecc: STATUS.EccFault,
} as const;

/** What the chip answers to any command, whatever it is; SelfTest and reads of the configuration are spared the third. */
const ANYWHERE: readonly (readonly [number, string])[] = [
  [STATUS.CrcError, 'a wrong CRC'],
  [STATUS.WatchdogAboutToExpire, 'no time left'],
  [STATUS.SelfTestFailure, 'a self test failed'],
];
const WITHOUT_FAILURE = /^(SelfTest|Read [08]0)/;

function modes(command: string, names: string, refusals: Refusals): Mode[] {
  return names.split(', ').map((name) => {
    const label = `${command} ${name}`;
    const anywhere = ANYWHERE.filter(([status]) => status !== STATUS.SelfTestFailure || !WITHOUT_FAILURE.test(label));
    const own = Object.entries({ parse: 'wrong length', ...refusals }).map(
      ([status, reason]) => [STATUS_OF[status as keyof Refusals], reason] as const,
    );
    return { label, refusals: new Map([...anywhere, ...own]) };
  });
}

const TRANSPORT = 'the transport lock';
const LOCKS = 'the locks';
const KEY = 'the locks, the key or its use';
const ofDigest = '80, C0, A0, E0';

/** Every mode that some configuration lets succeed (docs/atecc608a.md), and what it may be refused with. */
export const MODES: readonly Mode[] = [
  ...modes('Read', '00, 80', { parse: 'an address past the end' }),
  ...modes('Read', '01, 81', { parse: 'an address past the end', execution: LOCKS }),
  ...modes('Read', '02, 82, 82 encrypted', { parse: 'an address past the end', execution: 'locks, secrets' }),
  ...modes('Write', '00, 80, 81, 02, 82', { parse: 'length, address', execution: 'locks, SlotConfig' }),
  ...modes('Write', '82 MAC, C2', { execution: 'locks, SlotConfig, TempKey', miscompare: 'a wrong MAC' }),
  ...modes('Nonce', '00, 01, 03, 23, 43, 63, 83', { parse: 'length, param2' }),
  ...modes('Nonce', '00 calculated, 01 calculated', { execution: 'no TempKey' }),
  ...modes('Lock', '00, 01', { execution: 'locked already, a wrong CRC' }),
  ...modes('Lock', '80, 81', { execution: 'locked already, the order' }),
  ...modes('Lock', '02', { execution: 'not lockable, locked already' }),
  ...modes('Random', '00, 01', { parse: 'param2' }),
  ...modes('UpdateExtra', '00, 01', { execution: 'written already' }),
  ...modes('Info', '00, 02, 04', {}),
  ...modes('Info', '01', { parse: 'no such slot' }),
  ...modes('Info', '04 write', { execution: 'VolatileKeyPermission' }),
  ...modes('GenKey', '04, 0C', { parse: 'no such slot', execution: 'locks, slot, SlotConfig' }),
  ...modes('GenKey', '00, 08', { execution: 'PubInfo, TempKey', ecc: 'no scalar in the slot' }),
  ...modes('GenKey', '04 TempKey', { execution: LOCKS }),
  ...modes('GenKey', '10', { parse: 'length', execution: 'no public key, no TempKey' }),
  ...modes('Sign', `${ofDigest}, 00, 01, 40, 41`, {
    parse: 'no such slot',
    execution: 'SlotConfig, use, no digest',
    ecc: 'no scalar in the slot',
  }),
  ...modes('ECDH', '00, 00 slot, 04, 08, 0C, 0E', {
    execution: 'SlotConfig, use, ChipOptions, target, point',
    ecc: 'no scalar in the slot',
  }),
  ...modes('ECDH', '05, 09, 0D, 0F', { execution: 'no key in TempKey, ChipOptions, target, point' }),
  ...modes('SHA', '00', { parse: 'param2', execution: TRANSPORT }),
  ...modes('SHA', '01, 02, 42, C2', { parse: 'length', execution: 'nothing started' }),
  ...modes('SHA', '03', { execution: 'locks, no public key, nothing started' }),
  ...modes('SHA', '04', { parse: 'no such slot', execution: 'locks, NoMac, use' }),
  ...modes('SHA', '04 TempKey', { execution: 'no TempKey' }),
  ...modes('SHA', '06', { parse: 'param2', execution: 'nothing started, an HMAC' }),
  ...modes('SHA', '07', { parse: 'length', execution: TRANSPORT }),
  ...modes('AES', '00, 40, 80, C0, 01, 41, 81, C1', { parse: 'AES_Enable, type, end of slot', execution: KEY }),
  ...modes('AES', '00 TempKey, 40 TempKey, 80 TempKey, C0 TempKey', { parse: 'AES_Enable', execution: 'no TempKey' }),
  ...modes('AES', '01 TempKey, 41 TempKey, 81 TempKey, C1 TempKey', { parse: 'AES_Enable', execution: 'no TempKey' }),
  ...modes('AES', '03', { parse: 'AES_Enable', execution: TRANSPORT }),
  ...['PRF', 'AES', 'HKDF'].flatMap((algorithm) =>
    ['TempKey', 'TempKey upper', 'slot', 'Alternate Key Buffer', 'output', 'encrypted output'].flatMap((target) =>
      modes(
        'KDF',
        ['TempKey', 'TempKey upper', 'slot', 'buffer']
          .map((source) => `${algorithm} ${source} to ${target}`)
          .join(', '),
        { parse: 'details, slot', execution: 'locks, source, target, ChipOptions' },
      ),
    ),
  ),
  ...modes('KDF', 'PRF split, HKDF message slot, HKDF message TempKey, HKDF message input, HKDF message IV', {
    execution: 'locks, source, target, ChipOptions',
  }),
  ...modes('Counter', '00', { parse: 'no such counter', execution: TRANSPORT }),
  ...modes('Counter', '01', { parse: 'no such counter', execution: 'at its end' }),
  ...modes('SelfTest', '00, 01, 04, 08, 10, 20, 3B, 3D', { parse: 'param2' }),
  ...modes('GenDig', '00, 01, 02, 03, 04, 05', { parse: 'key id, length', execution: 'locks, no TempKey, use' }),
  ...modes('MAC', '00, 04, 40, 44', { parse: 'length, slot', execution: KEY }),
  ...modes('MAC', '01, 02, 03, 05, 06, 07, 41, 42, 43, 45, 46, 47', { execution: 'locks, key, TempKey' }),
  ...modes('CheckMac', '00, 01, 02, 04, 05, 06, 20, 21, 22, 24, 25, 26', {
    parse: 'no such slot',
    execution: 'locks, key, TempKey',
    miscompare: 'another digest',
  }),
  ...modes('DeriveKey', '00 roll, 00 create, 04 roll, 04 create', { execution: 'locks, SlotConfig, key, TempKey' }),
  ...modes('DeriveKey', '00 roll MAC, 00 create MAC, 04 roll MAC, 04 create MAC', {
    execution: 'locks, SlotConfig, key, TempKey',
    miscompare: 'a wrong MAC',
  }),
  ...modes('PrivWrite', '00', { execution: 'locks, slot, no scalar' }),
  ...modes('PrivWrite', '40', { execution: 'SlotConfig, TempKey, no scalar', miscompare: 'a wrong MAC' }),
  ...modes('Verify', '00, 20, 80, A0, 02, 22, 82, A2, 03, 07', {
    parse: 'length, key id',
    execution: 'key, use, no digest, point',
    miscompare: 'a wrong signature',
  }),
  ...modes('SecureBoot', '05, 06, 07, 45, 46, 47, 85, 86, 87, C5, C6, C7', {
    parse: 'length, param2',
    execution: 'locks, configuration, key, TempKey',
    miscompare: 'another image',
  }),
];

/** Modes of other parts, which this one refuses always, and one that is not modelled. */
export const REFUSED_MODES = [
  'Write 01',
  'Nonce 02',
  'UpdateExtra 02',
  'Info 03',
  'GenKey 20',
  'SHA 05',
  'MAC 10',
  'MAC 20',
  'CheckMac 03',
  'CheckMac 07',
  'Verify 01',
] as const;
