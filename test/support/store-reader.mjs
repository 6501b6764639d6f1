// Reads fleets, which may be damaged so that reading them ends the process: `node store-reader.mjs DIRECTORY…`.
// For each it says on stdout, in one line of JSON: what three ways to use it made of it, an error's code or a hash.
import { createHash } from 'node:crypto';
import { beginRun, deviceCertificates, listFleet, PersistentFleet } from '../../dist/src/store/index.js';

const hashOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

const WAYS = {
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

for (const directory of process.argv.slice(2)) {
  const made = {};
  for (const [name, use] of Object.entries(WAYS)) {
    made[name] = await use(directory).catch((error) => error.code ?? String(error));
  }
  console.log(JSON.stringify(made));
}
