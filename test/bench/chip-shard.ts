/**
 * `node chip-shard.js --crypto node|noble --seed N --commands N`
 *
 * Plays random sessions with one back end until that many commands have gone by, and prints JSON: progress, then what
 * came of them. `chip-properties.js` starts it.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../emulator/crypto/noble.ts';
import { playSession, sessionsOf } from '../support/atecc608-session.ts';
import { Tally } from '../support/atecc608-tally.ts';

const { values } = parseArgs({
  options: { crypto: { type: 'string' }, seed: { type: 'string' }, commands: { type: 'string' } },
});
const crypto = values.crypto === 'noble' ? nobleCrypto : nodeCrypto;
const wanted = Number(values.commands);
const tally = new Tally();
const digest = createHash('sha256');
const began = performance.now();
let [commands, sessions] = [0, 0];
for (const session of sessionsOf(Number(values.seed))) {
  try {
    const outcome = playSession(session, crypto, tally);
    commands += outcome.commands;
    digest.update(outcome.digest);
  } catch (error) {
    throw new Error(`session ${sessions} of seed ${values.seed}, with ${crypto.name}`, { cause: error });
  }
  sessions++;
  if (sessions % 50 === 0) console.log(JSON.stringify({ commands }));
  if (commands >= wanted) break;
}
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage();
const cpuSeconds = (user + system) / 1e6;
console.log(JSON.stringify({ commands, sessions, seconds, cpuSeconds, digest: digest.digest('hex'), tally }));
