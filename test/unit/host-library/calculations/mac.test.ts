import { beforeEach, describe, expect, test } from 'vitest';
import { CONFIG_SIZE, OPCODE } from '../../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import { checkMacResponse, chipLoad, macDigest } from '../../../../emulator/host-library/index.ts';
import { flipped, hostAndDriver, MASTER } from '../../../support/atecc-host.ts';

let { chip, driver, host } = hostAndDriver();
beforeEach(() => {
  ({ chip, driver, host } = hostAndDriver());
});

const SECOND_IS_TEMP_KEY = 0x01;
const FIRST_IS_TEMP_KEY = 0x02;
const FIXED_INPUT = 0x04;
const WITH_OTP = 0x20;
const CHALLENGE = new Uint8Array(32).fill(0xc7);
const NO_DATA = new Uint8Array(0);
const OTHER_DATA = Uint8Array.from({ length: 13 }, (_, index) => 0xf0 + index);

/** TempKey with the SourceFlag that the mode names, and the two blocks that the mode takes. */
function blocks(mode: number) {
  const tempKey = mode & FIXED_INPUT ? new Uint8Array(32).fill(0x3c) : host.randomNonce();
  if (mode & FIXED_INPUT) chipLoad(driver, 'tempKey', tempKey);
  return {
    first: mode & FIRST_IS_TEMP_KEY ? tempKey : MASTER.value,
    second: mode & SECOND_IS_TEMP_KEY ? tempKey : CHALLENGE,
  };
}

test.each([0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x40, 0x41, 0x42, 0x43, 0x45, 0x46, 0x47])(
  'host and chip agree on MAC, mode %i',
  (mode) => {
    const { first, second } = blocks(mode);
    const data = mode & SECOND_IS_TEMP_KEY ? NO_DATA : CHALLENGE;
    const answer = driver.request(OPCODE.MAC, mode, MASTER.slot, data, 32);
    expect(answer).toEqual(macDigest(nodeCrypto, host.serialNumber, mode, { slot: MASTER.slot, value: first }, second));
  },
);

describe.each([0x00, 0x01, 0x02, 0x05, 0x06, 0x20, 0x21, 0x22, 0x25, 0x26])('CheckMac, mode %i', (mode) => {
  const check = (spoil: (response: Uint8Array) => Uint8Array) => {
    const response = checkMacResponse(nodeCrypto, host.serialNumber, {
      ...blocks(mode),
      otherData: OTHER_DATA,
      ...(mode & WITH_OTP && { otp: chip.memory.slice(CONFIG_SIZE, CONFIG_SIZE + 8) }),
    });
    const payload = driver.execute(
      OPCODE.CheckMac,
      mode,
      MASTER.slot,
      Uint8Array.of(...CHALLENGE, ...spoil(response), ...OTHER_DATA),
    );
    return payload[0];
  };

  test('takes what the host computes', () => {
    expect(check((response) => response)).toBe(0x00);
  });

  test('refuses it with any bit turned', () => {
    for (let bit = 0; bit < 256; bit++) expect(check((response) => flipped(response, bit))).toBe(0x01);
  });
});
