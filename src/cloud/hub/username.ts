import { rawQuery } from '../query.ts';
import { isDeviceId } from './device-id.ts';

/** Who connects to a hub, as its username says. */
export interface HubUsername {
  readonly hub: string;
  readonly deviceId: string;
}

/** `{hub}/{deviceId}/?api-version={version}&DeviceClientType={…}`; old firmware leaves out the question mark. */
export function parseHubUsername(username: string): HubUsername | undefined {
  const [, hub, deviceId, query = ''] = /^([^/]+)\/([^/]+)\/\??(.*)$/s.exec(username) ?? [];
  if (hub === undefined || deviceId === undefined || !isDeviceId(deviceId)) return undefined;
  return rawQuery(query).has('api-version') ? { hub, deviceId } : undefined;
}
