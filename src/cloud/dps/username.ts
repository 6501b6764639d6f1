import { rawQuery } from '../query.ts';

/** Who connects to the DPS, as its username says. */
export interface DpsUsername {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string;
}

/** At most 128 characters, of which the first and the last are letters or digits. */
const REGISTRATION_ID = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,126}[A-Za-z0-9])?$/;

export function isRegistrationId(text: string): boolean {
  return REGISTRATION_ID.test(text);
}

/** `{idScope}/registrations/{registrationId}/api-version={version}&ClientVersion={…}`, members in any order. */
export function parseDpsUsername(username: string): DpsUsername | undefined {
  const [, idScope, registrationId, query = ''] = /^([^/]+)\/registrations\/([^/]+)\/\??(.*)$/s.exec(username) ?? [];
  const apiVersion = rawQuery(query).get('api-version');
  if (idScope === undefined || registrationId === undefined || apiVersion === undefined) return undefined;
  return isRegistrationId(registrationId) ? { idScope, registrationId, apiVersion } : undefined;
}
