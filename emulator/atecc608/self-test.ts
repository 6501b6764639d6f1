import { isSame, Sha256 } from '../crypto/index.ts';
import { has } from './bit-fields.ts';
import { CHIP_OPTIONS, CONFIG } from './config-layout.ts';
import { hexBytes } from './hex.ts';
import { uint16At, ZONE } from './memory.ts';
import { OPCODE } from './opcodes.ts';
import type { ChipState } from './state.ts';
import { BLOCK_ACCESS } from './zones.ts';

/** The bits of SelfTest's mode, of its answer and of the failure register. */
export const SELF_TEST = { Rng: 0x01, Ecdsa: 0x04, Ecdh: 0x08, Aes: 0x10, Sha: 0x20 } as const;
export const ALL_SELF_TESTS = 0x3d;

// FIPS 180-4, "abc".
const ABC = hexBytes('616263');
const ABC_DIGEST = hexBytes('BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD');
// FIPS 197 C.1.
const AES_KEY = hexBytes('000102030405060708090A0B0C0D0E0F');
const AES_PLAIN = hexBytes('00112233445566778899AABBCCDDEEFF');
const AES_CIPHER = hexBytes('69C4E0D86A7B0430D8CDB78070B4C55A');
// NIST CAVP 14.1, KAS_ECC_CDH_PrimitiveTest, P-256, COUNT 0.
const ECDH_SCALAR = hexBytes('7D7DC5F71EB29DDAF80D6214632EEAE03D9058AF1FB6D22ED80BADB62BC1A534');
const ECDH_POINT = hexBytes(`700C48F77F56584C5CC632CA65640DB91B6BACCE3A4DF6B42CE7CC838833D287
  DB71E509E3FD9B060DDB20BA5C51DCC5948D46FBF640DFE0441782CAB85FA4AC`);
const ECDH_SECRET = hexBytes('46FC62106420FF012E54A434FBDD2D25CCC5852060561E68040DD7778997BD7B');
// RFC 6979 A.2.5, "sample" with SHA-256.
const ECDSA_SCALAR = hexBytes('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721');
const ECDSA_POINT = hexBytes(`60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
  7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`);
const ECDSA_DIGEST = hexBytes('AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF');
const ECDSA_SIGNATURE = hexBytes(`EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
  F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8`);

/** Runs the tests of `mask`, notes in the failure register how each went, and answers those that failed. */
export function runSelfTests(chip: ChipState, mask: number): number {
  let failed = mask & chip.failingSelfTests;
  if (mask & SELF_TEST.Rng && !testRng(chip)) failed |= SELF_TEST.Rng;
  if (mask & SELF_TEST.Ecdsa && !testEcdsa(chip)) failed |= SELF_TEST.Ecdsa;
  if (mask & SELF_TEST.Ecdh && !testEcdh(chip)) failed |= SELF_TEST.Ecdh;
  if (mask & SELF_TEST.Aes && !testAes(chip)) failed |= SELF_TEST.Aes;
  if (mask & SELF_TEST.Sha && !testSha(chip)) failed |= SELF_TEST.Sha;
  chip.selfTestFailures = (chip.selfTestFailures & ~mask) | failed;
  return failed;
}

/** What the chip does at each wake: forgets the failures and, where ChipOptions ask for it, tests everything. */
export function testAtWake(chip: ChipState): void {
  chip.selfTestFailures = 0;
  if (has(uint16At(chip.memory, CONFIG.ChipOptions), CHIP_OPTIONS.powerOnSelfTest)) runSelfTests(chip, ALL_SELF_TESTS);
}

/** In the failed state only SelfTest and reads of the configuration work. */
export function isFailed(chip: ChipState, opcode: number, param1: number): boolean {
  if (chip.selfTestFailures === 0 || opcode === OPCODE.SelfTest) return false;
  return opcode !== OPCODE.Read || (param1 & ~BLOCK_ACCESS) !== ZONE.Config;
}

/** Two draws of a generator that works differ (the repetition count test of SP 800-90B 4.4.1, over whole blocks). */
function testRng({ rng }: ChipState): boolean {
  return !isSame(rng.bytes(32), rng.bytes(32));
}

function testEcdsa({ crypto }: ChipState): boolean {
  const signature = crypto.signDigest(ECDSA_SCALAR, ECDSA_DIGEST, new Uint8Array(0));
  return (
    signature !== undefined &&
    isSame(signature, ECDSA_SIGNATURE) &&
    crypto.verifyDigest(ECDSA_POINT, ECDSA_DIGEST, ECDSA_SIGNATURE)
  );
}

function testEcdh({ crypto }: ChipState): boolean {
  const secret = crypto.agree(ECDH_SCALAR, ECDH_POINT);
  return secret !== undefined && isSame(secret, ECDH_SECRET);
}

function testAes({ crypto }: ChipState): boolean {
  return (
    isSame(crypto.aesEncrypt(AES_KEY, AES_PLAIN), AES_CIPHER) &&
    isSame(crypto.aesDecrypt(AES_KEY, AES_CIPHER), AES_PLAIN)
  );
}

/** Both ways that the chip hashes. */
function testSha({ crypto }: ChipState): boolean {
  const inSteps = new Sha256();
  inSteps.update(ABC);
  return isSame(crypto.sha256(ABC), ABC_DIGEST) && isSame(inSteps.digest(), ABC_DIGEST);
}
