import { quoted, usageError } from '../errors/index.ts';
import { isHostName } from './broker-url.ts';

/** The hub of an embedded cloud. RFC 6761, 6.2: no resolver knows a name under .test, so that no device strays to Azure. */
export const HUB = 'hub-1.azure-devices.test';
/** It stands in a user name of MQTT between /, ? and &. */
const ID_SCOPE = /^[^/&?\P{ASCII}\p{Cc} ]{1,128}$/u;

/** @throws EmuError EMU_E_USAGE */
export function parseIdScope(text: string): string {
  if (ID_SCOPE.test(text)) return text;
  throw usageError(
    `--id-scope must be 1 to 128 visible ASCII characters without /, & and ?, not ${quoted(text)}`,
    "It stands on the DPS's page in the portal: --id-scope 0ne00000000.",
  );
}

/** Host names of hubs, with commas between them. @throws EmuError EMU_E_USAGE */
export function parseHubs(text: string): readonly string[] {
  const hubs = text.split(',').map((name) => name.trim());
  const hint = `Write it like --hub ${HUB}; several get devices each.`;
  const wrong = hubs.find((name) => !isHostName(name));
  if (wrong !== undefined) throw usageError(`--hub must be a host name, not ${quoted(wrong)}`, hint);
  const lower = hubs.map((name) => name.toLowerCase());
  const twice = lower.find((name, i) => lower.indexOf(name) < i);
  if (twice !== undefined) throw usageError(`--hub names ${twice} twice`, 'Leave all but one out.');
  return hubs;
}
