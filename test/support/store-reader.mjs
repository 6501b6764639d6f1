// Reads fleets and clouds, which may be damaged so that reading them ends the process: `node store-reader.mjs DIRECTORY…`.
// For each it says on stdout, in one line of JSON: what some ways to use it made of it, an error's code or a hash.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  beginRun,
  deviceCertificates,
  listFleet,
  PersistentCloud,
  PersistentFleet,
} from '../../dist/src/store/index.js';

const hashOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

const FLEET = {
  list: async (directory) => hashOf((await listFleet(directory)).devices),
  certificates: async (directory) =>
    hashOf((await deviceCertificates(directory)).map(({ der }) => Buffer.from(der).toString('hex'))),
  async run(directory) {
    const fleet = await PersistentFleet.open(directory);
    try {
      const memories = fleet.devices.map(({ memory }) => Buffer.from(memory).toString('hex'));
      return hashOf([memories, Buffer.from(await beginRun(directory)).toString('hex')]);
    } finally {
      await fleet.close();
    }
  },
};

const CLOUD = {
  async open(directory) {
    const cloud = await PersistentCloud.open(directory);
    try {
      // A state that was opened is written to.
      cloud.put('written', 'x'.repeat(10_000));
      cloud.remove('written');
      await cloud.lasting();
      return hashOf([...cloud.entries].toSorted());
    } finally {
      await cloud.close();
    }
  },
};

for (const directory of process.argv.slice(2)) {
  const made = {};
  const ways = existsSync(join(directory, 'cloud.yaml')) ? CLOUD : FLEET;
  for (const [name, use] of Object.entries(ways)) {
    made[name] = await use(directory).catch((error) => error.code ?? String(error));
  }
  console.log(JSON.stringify(made));
}
