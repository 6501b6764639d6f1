import type { Cause } from './cause.ts';
import type { CauseCode } from './code.ts';

const ENROLLMENT =
  "Does the enrollment have the fleet's root or signer, verified by proof of possession, and is the id scope that of this DPS?";
const HUBS = 'The DPS has no hub for the device: link a hub to it, or name one in the enrollment.';
const ANSWER = 'Is this a DPS? What it answers is not what its protocol says.';
const UNDECIDED = 'The DPS does not come to a decision: look at its allocation, or lengthen --duration.';
const THROTTLED = 'The DPS puts the devices off: lower --rate, or raise its limits.';
const SILENT = 'The DPS is silent or too slow: look at its load, lower --rate, lengthen --duration.';
const HUNG_UP = 'The DPS hung up: its log says why.';
const NAME_LENGTH = 'A device keeps 47 characters of it: give the hub a shorter host name.';
const CHIP = 'Does the configuration of the chip let the slot of the record be written and read in clear?';

/** Causes of a registration at Azure's Device Provisioning Service (DPS) that came to no good end. */
export const DPS_CAUSES: { readonly [code in CauseCode]?: Cause } = {
  'dps.CONNACK_1': { words: 'CONNACK 1 (unacceptable protocol version)', side: 'broker' },
  'dps.CONNACK_2': { words: 'CONNACK 2 (identifier rejected)', side: 'broker', advice: ENROLLMENT },
  'dps.CONNACK_3': { words: 'CONNACK 3 (server unavailable)', side: 'broker', advice: THROTTLED },
  'dps.CONNACK_4': { words: 'CONNACK 4 (bad user name or password)', side: 'broker', advice: ENROLLMENT },
  'dps.CONNACK_5': { words: 'CONNACK 5 (not authorized)', side: 'broker', advice: ENROLLMENT },
  'dps.SUBSCRIPTION_REFUSED': { words: 'the DPS refused the subscription to its answers', side: 'broker' },
  'dps.STATUS_401': { words: 'not authorized (401)', side: 'broker', advice: ENROLLMENT },
  'dps.STATUS_404': { words: 'no such registration (404)', side: 'broker', advice: ENROLLMENT },
  'dps.FAILED_400208': { words: 'failed, no hub (400208)', side: 'broker', advice: HUBS },
  'dps.FAILED_400209': { words: 'failed, not authorized (400209)', side: 'broker', advice: ENROLLMENT },
  'dps.DISABLED': {
    words: 'the enrollment is disabled',
    side: 'broker',
    advice: 'Enable the enrollment, or use another one.',
  },
  'dps.BLACKLISTED': { words: 'the device is blacklisted', side: 'broker' },
  'dps.UNKNOWN_STATUS': { words: 'an unknown status of the registration', side: 'broker', advice: ANSWER },
  'dps.MALFORMED': { words: 'a malformed answer', side: 'broker', advice: ANSWER },
  'dps.NO_HUB': { words: 'assigned without a hub', side: 'broker', advice: ANSWER },
  'dps.HUB_NAME_TOO_LONG': { words: 'a host name of a hub over 47 characters', side: 'broker', advice: NAME_LENGTH },
  'dps.FAILED': { words: 'failed, without an error code', side: 'broker' },
  'dps.CLOSED': { words: 'closed by the DPS before its answer', side: 'broker', advice: HUNG_UP, time: 'broken' },
  'dps.TIMEOUT': { words: 'timed out', side: 'broker', advice: SILENT, time: 'slow' },
  'dps.RECORD_DIFFERS': { words: "the chip's record does not read back", side: 'device', advice: CHIP },
  'dps.UNFINISHED': {
    words: 'registration not answered by the end of the run',
    side: 'broker',
    advice: SILENT,
    time: 'slow',
  },
  'dps.UNFINISHED_ASSIGNING': {
    words: 'still assigning (202) at the end of the run',
    side: 'broker',
    advice: UNDECIDED,
    time: 'slow',
  },
  'dps.UNFINISHED_PUT_OFF': {
    words: 'still put off (429 and above) at the end of the run',
    side: 'broker',
    advice: THROTTLED,
    time: 'slow',
  },
};

/** Of codes that carry a number the DPS chose. */
const NUMBERED = [
  { prefix: 'STATUS_', words: 'status' },
  { prefix: 'FAILED_', words: 'failed with error code' },
  { prefix: 'CONNACK_', words: 'CONNACK' },
];

/** What a code of the step dps means that is not in the table. */
export function numberedCause(kind: string): Cause | undefined {
  const known = NUMBERED.find(({ prefix }) => kind.startsWith(prefix));
  return known && { words: `${known.words} ${kind.slice(known.prefix.length)}`, side: 'broker' };
}
