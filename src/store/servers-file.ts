import { existsSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type ServerCa, serverCaDocument, serverCaFrom } from '../factory/index.ts';
import { damaged, writeFailed } from './failures.ts';
import { cloudPaths, nameBeside, writeWhole } from './files.ts';
import { sealText, unsealText } from './sealed-text.ts';

/** `servers.yaml`, format 1: the CA of a cloud's servers, so that whoever trusts it trusts them after a restart, too. */
const schema = z.strictObject({
  format: z.literal(1),
  organization: z.string(),
  certificate: z.string().startsWith('-----BEGIN CERTIFICATE-----'),
  key: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
});

/**
 * The CA in the directory of a cloud's state, which is there; where it has none yet, one that `make` makes. Of two processes that
 * begin at once both get the same.
 * @throws EmuError EMU_E_FLEET_DAMAGED, EMU_E_STORE_WRITE
 */
export function keptServerCa(directory: string, now: Date, make: () => ServerCa): ServerCa {
  const { servers } = cloudPaths(directory);
  if (!existsSync(servers)) keep(servers, make());
  try {
    const document = schema.parse(parse(unsealText(readFileSync(servers, 'utf8')) ?? ''));
    return serverCaFrom(document, now);
  } catch (cause) {
    throw damaged(servers, 'the CA of the servers cannot be read', cause);
  }
}

function keep(servers: string, ca: ServerCa): void {
  const own = nameBeside(servers);
  writeWhole(own, sealText(stringify({ format: 1, ...serverCaDocument(ca) } satisfies z.input<typeof schema>)), 0o600);
  try {
    linkSync(own, servers);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailed(servers, cause);
  } finally {
    rmSync(own, { force: true });
  }
}
