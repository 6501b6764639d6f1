import { OPCODE } from '../../emulator/atecc608/index.ts';
import { whole, withProbability } from './atecc608-draws.ts';
import type { Insider, Scenario } from './atecc608-insider.ts';
import { checkMacData, joined, le16, SERIAL, sha256, zeros } from './atecc608-messages.ts';

const SOURCE_INPUT = 0x04;
const MAC_MODES = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((mode) => [mode, mode | 0x40]);
const CHECK_MAC_MODES = [0, 1, 2, 4, 5, 6].flatMap((mode) => [mode, mode | 0x20]);

/** GenDig, MAC, CheckMac and DeriveKey, which mix keys and TempKey. */
export const digestScenarios: readonly Scenario[] = [
  ...[0x00, 0x01, 0x04, 0x05].map(
    (zone): Scenario =>
      (host) => {
        host.input();
        host.last(OPCODE.GenDig, zone, whole(host.rng, 2));
      },
  ),
  (host) => {
    const slot = host.slotWhere(({ keyConfig }) => !keyConfig.private);
    host.ready(slot);
    host.tempKeyFor(slot);
    host.last(OPCODE.GenDig, 0x02, slot, host.rng.bytes(4));
  },
  (host) => {
    host.input();
    host.last(OPCODE.GenDig, 0x03, withProbability(host.rng, 0.5) ? 0x8000 : 0, host.rng.bytes(32));
  },
  ...MAC_MODES.map(
    (mode): Scenario =>
      (host) => {
        const slot = host.slotWhere(
          ({ slotConfig, keyConfig }) => !keyConfig.private && !slotConfig.noMac && fits(mode, keyConfig.reqRandom),
        );
        host.ready(slot);
        if (mode & 0x03) source(host, mode);
        host.last(OPCODE.MAC, mode, slot, mode & 0x01 ? zeros(0) : host.rng.bytes(32));
      },
  ),
  ...CHECK_MAC_MODES.map(
    (mode): Scenario =>
      (host) => {
        const slot = host.slotWhere(({ keyConfig }) => !keyConfig.private && fits(mode, keyConfig.reqRandom));
        host.ready(slot);
        const tempKey = mode & 0x03 ? source(host, mode).subarray(0, 32) : zeros(32);
        const first = mode & 0x02 ? tempKey : host.key(slot);
        const second = mode & 0x01 ? tempKey : host.rng.bytes(32);
        const otp = mode & 0x20 ? host.memory.slice(128, 136) : zeros(8);
        host.last(OPCODE.CheckMac, mode, slot, checkMacData(first, second, otp));
      },
  ),
  ...[0x00, 0x01].flatMap((create) =>
    [0x00, SOURCE_INPUT].flatMap((mode) =>
      [0, 8].map(
        (withMac): Scenario =>
          (host) =>
            derive(host, create, mode, withMac),
      ),
    ),
  ),
  // What other parts do.
  (host) => host.last(OPCODE.MAC, 0x10, 0, host.rng.bytes(32)),
  (host) => host.last(OPCODE.MAC, 0x20, 0, host.rng.bytes(32)),
  (host) => host.last(OPCODE.CheckMac, 0x03, 0, host.rng.bytes(77)),
  (host) => host.last(OPCODE.CheckMac, 0x07, 0, host.rng.bytes(77)),
];

/** Whether a key that asks for a random nonce, or not, goes with the mode: TempKey beside it is of a random source. */
function fits(mode: number, reqRandom: boolean): boolean {
  return !reqRandom || (mode & 0x03) !== 0x01 || !(mode & SOURCE_INPUT);
}

/** TempKey with the SourceFlag that the mode names. */
function source(host: Insider, mode: number): Uint8Array {
  return mode & SOURCE_INPUT ? host.input() : host.nonce();
}

function derive(host: Insider, create: number, mode: number, withMac: number): void {
  const target = host.slotWhere(({ slotConfig, keyConfig, locked }, slot) => {
    const parent = host.policy(create ? slotConfig.writeKey : slot).keyConfig;
    const rule = slotConfig.writeConfig;
    const allowed = (rule & 0x3) === (0x2 | create) && (withMac !== 0 || (rule & 8) === 0);
    return allowed && !keyConfig.private && !locked && !parent.private && !(parent.reqRandom && mode === SOURCE_INPUT);
  });
  const { slotConfig } = host.policy(target);
  const parent = slotConfig.writeConfig & 1 ? slotConfig.writeKey : target;
  host.ready(parent);
  source(host, mode);
  const mac = sha256(host.key(parent), joined(Uint8Array.of(0x1c, mode), le16(target)), SERIAL);
  const reply = host.last(OPCODE.DeriveKey, mode, target, withMac ? mac : zeros(0));
  if (reply[0] === 0 && slotConfig.isSecret) host.audit.secrets.add(host.key(target));
}
