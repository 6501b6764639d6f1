/** Who connects to the DPS, as its username says. */
export interface DpsUsername {
  readonly idScope: string;
  readonly registrationId: string;
  readonly apiVersion: string;
}

/** `{idScope}/registrations/{registrationId}/api-version={version}&ClientVersion={…}`, parameters in any order. */
export function parseDpsUsername(username: string): DpsUsername | undefined {
  const [, idScope, registrationId, query] = /^([^/]+)\/registrations\/([^/]+)\/(.*)$/s.exec(username) ?? [];
  if (idScope === undefined || registrationId === undefined || query === undefined) return undefined;
  const apiVersion = new URLSearchParams(query).get('api-version');
  return apiVersion === null ? undefined : { idScope, registrationId, apiVersion };
}
