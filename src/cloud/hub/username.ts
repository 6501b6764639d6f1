/** Who connects to a hub, as its username says. */
export interface HubUsername {
  readonly hub: string;
  readonly deviceId: string;
  readonly apiVersion: string;
}

/** `{hub}/{deviceId}/?api-version={version}&DeviceClientType={…}`. */
export function parseHubUsername(username: string): HubUsername | undefined {
  const [, hub, deviceId, query] = /^([^/]+)\/([^/]+)\/\?(.*)$/s.exec(username) ?? [];
  if (hub === undefined || deviceId === undefined || query === undefined) return undefined;
  const apiVersion = new URLSearchParams(query).get('api-version');
  return apiVersion === null ? undefined : { hub, deviceId, apiVersion };
}
