import type { Command } from '../command.ts';
import { aes } from './aes.ts';
import { checkMac } from './check-mac.ts';
import { counter } from './counter.ts';
import { deriveKey } from './derive-key.ts';
import { ecdh } from './ecdh.ts';
import { genDig } from './gen-dig.ts';
import { genKey } from './gen-key.ts';
import { info } from './info.ts';
import { kdf } from './kdf.ts';
import { lock } from './lock.ts';
import { mac } from './mac.ts';
import { nonce } from './nonce.ts';
import { privWrite } from './priv-write.ts';
import { random } from './random.ts';
import { read } from './read.ts';
import { secureBoot } from './secure-boot.ts';
import { selfTest } from './self-test.ts';
import { sha } from './sha.ts';
import { sign } from './sign.ts';
import { updateExtra } from './update-extra.ts';
import { verify } from './verify.ts';
import { write } from './write.ts';

/** What the chip executes. An opcode without an entry is a parse error, as it is for one that no chip has. */
const COMMANDS: readonly Command[] = [
  read,
  write,
  nonce,
  lock,
  random,
  updateExtra,
  info,
  genKey,
  sign,
  ecdh,
  sha,
  aes,
  kdf,
  counter,
  selfTest,
  genDig,
  mac,
  checkMac,
  deriveKey,
  privWrite,
  verify,
  secureBoot,
];

const byOpcode: (Command | undefined)[] = Array.from({ length: 256 });
for (const command of COMMANDS) byOpcode[command.opcode] = command;

export function commandOf(opcode: number): Command | undefined {
  return byOpcode[opcode];
}
